/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.headrace.codecs.wire.AppendCommand.ConditionalAppend;
import io.headrace.codecs.wire.AppendCommand.ConditionalBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendStream.Append;
import io.headrace.codecs.wire.WireCommand.Padding;
import io.headrace.codecs.wire.WireCommand.PartialEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendStreamTest {
    private static final UUID A = new UUID(0xaaaaaaaaaaaaaaaaL, 0xaaaaaaaaaaaaaaaaL);
    private static final UUID B = new UUID(0xbbbbbbbbbbbbbbbbL, 0xbbbbbbbbbbbbbbbbL);
    private static final ByteBuf NOTHING = Unpooled.EMPTY_BUFFER;

    private final AppendStream stream = new AppendStream();

    @BeforeEach
    void setUp() {
        assertThat(stream.accept(new SetupAppend(10, A, "s/a", ""))).isNull();
    }

    /** An event can be cut anywhere; what comes out is always the same. */
    @Test
    void joinsABlockThatWasCutAnywhere() {
        ByteBuf data = Unpooled.buffer();
        for (String event : new String[] {"hello", "world!", "", "spanning"}) {
            EventFrames.write(data, text(event));
        }
        long number = 0;
        for (int whole = 0; whole <= data.readableBytes(); whole++) {
            for (int cut = whole; cut <= data.readableBytes(); cut++) {
                ByteBuf body = Unpooled.buffer().writeBytes(data, 0, whole);
                WireEncoder.encode(new PartialEvent(data.slice(whole, cut - whole)), body);
                number++;
                assertThat(stream.accept(new AppendBlock(A, body))).isNull();
                Append append = accept(
                        new AppendBlockEnd(A, whole, data.slice(cut, data.readableBytes() - cut), 4, number, 10));
                assertThat(append).isEqualTo(new Append("s/a", A, number, 4, -1, 10, data));
            }
        }
    }

    @Test
    void cutsPaddingOffAnywhere() {
        ByteBuf data = text("0123456789");
        for (int whole = 0; whole <= data.readableBytes(); whole++) {
            for (int padding = 0; padding < 20; padding++) {
                ByteBuf body = Unpooled.buffer().writeBytes(data, 0, whole);
                WireEncoder.encode(new Padding(padding), body);
                stream.accept(new AppendBlock(A, body));
                Append append = accept(new AppendBlockEnd(A, whole, NOTHING, 1, 1, 10));
                assertThat(append.data()).isEqualTo(data.slice(0, whole));
            }
        }
    }

    @Test
    void takesTheWholeBlockIfItHasNoTail() {
        stream.accept(new AppendBlock(A, text("block")));
        assertThat(accept(new AppendBlockEnd(A, 5, text("ignored"), 1, 1, 10)).data())
                .isEqualTo(text("block"));
    }

    @Test
    void takesTheEndAloneIfThereIsNoBlock() {
        assertThat(accept(new AppendBlockEnd(A, 0, text("end"), 2, 2, 10)))
                .isEqualTo(new Append("s/a", A, 2, 2, -1, 10, text("end")));
    }

    @Test
    void copiesNothing() {
        ByteBuf first = Unpooled.buffer().writeBytes(text("0123"));
        WireEncoder.encode(new PartialEvent(text("45")), first);
        ByteBuf last = text("6789");
        stream.accept(new AppendBlock(A, first));
        Append append = accept(new AppendBlockEnd(A, 4, last, 1, 1, 10));
        first.setByte(0, 'x');
        last.setByte(3, 'y');
        assertThat(append.data()).isEqualTo(text("x12345678y"));

        stream.accept(new AppendBlock(A, first.slice(0, 4)));
        assertThat(accept(new AppendBlockEnd(A, 4, NOTHING, 1, 2, 10)).data().array())
                .isSameAs(first.array());
        assertThat(first.refCnt()).isOne();
    }

    @Test
    void keepsWritersApart() {
        stream.accept(new SetupAppend(20, B, "s/b", ""));
        assertThat(accept(new AppendBlockEnd(A, 0, text("a"), 1, 7, 10)).segment())
                .isEqualTo("s/a");
        assertThat(accept(new AppendBlockEnd(B, 0, text("b"), 1, 1, 20)).segment())
                .isEqualTo("s/b");
    }

    @Test
    void bindsAWriterAgain() {
        accept(new AppendBlockEnd(A, 0, text("a"), 1, 7, 10));
        stream.accept(new SetupAppend(11, A, "s/c", ""));
        assertThat(accept(new AppendBlockEnd(A, 0, text("a"), 1, 0, 11)))
                .isEqualTo(new Append("s/c", A, 0, 1, -1, 11, text("a")));
    }

    @Test
    void passesConditionsOn() {
        ByteBuf event = Unpooled.buffer();
        EventFrames.write(event, text("cond"));
        assertThat(accept(new ConditionalAppend(A, 2, 13, event, 10)))
                .isEqualTo(new Append("s/a", A, 2, 1, 13, 10, event));
        assertThat(accept(new ConditionalBlockEnd(A, 2, 0, text("raw"), 12)))
                .isEqualTo(new Append("s/a", A, 2, 1, 0, 12, text("raw")));
        assertThat(accept(new ConditionalBlockEnd(A, 3, Long.MIN_VALUE, text("raw"), 12))
                        .expectedOffset())
                .isEqualTo(AppendStream.UNCONDITIONAL);
    }

    @Test
    void refusesWritersThatWereNotSetUp() {
        refuses(new AppendBlock(B, NOTHING), "not set up");
        refuses(new AppendBlockEnd(B, 0, NOTHING, 1, 1, 1), "not set up");
        refuses(new ConditionalAppend(B, 1, 0, NOTHING, 1), "not set up");
        refuses(new ConditionalBlockEnd(B, 1, 0, NOTHING, 1), "not set up");
    }

    @Test
    void refusesEventNumbersThatGoBack() {
        accept(new AppendBlockEnd(A, 0, NOTHING, 1, 5, 10));
        accept(new AppendBlockEnd(A, 0, NOTHING, 1, 5, 10));
        refuses(new AppendBlockEnd(A, 0, NOTHING, 1, 4, 10), "went back");
        refuses(new ConditionalAppend(A, 4, 0, NOTHING, 1), "went back");
        refuses(new ConditionalBlockEnd(A, -1, 0, NOTHING, 1), "went back");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesAppendsWithoutEvents(int events) {
        refuses(new AppendBlockEnd(A, 0, NOTHING, events, 1, 1), "events");
    }

    @Test
    void refusesWhatComesInsideOfABlock() {
        stream.accept(new SetupAppend(20, B, "s/b", ""));
        stream.accept(new AppendBlock(A, NOTHING));
        refuses(new AppendBlock(A, NOTHING), "is open");
        refuses(new SetupAppend(10, A, "s/a", ""), "is open");
        refuses(new ConditionalAppend(A, 1, 0, NOTHING, 1), "is open");
        refuses(new ConditionalBlockEnd(A, 1, 0, NOTHING, 1), "is open");
        refuses(new AppendBlockEnd(B, 0, NOTHING, 1, 1, 20), "ends the block of writer");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesImpossibleSizes(int whole) {
        stream.accept(new AppendBlock(A, text("abc")));
        refuses(new AppendBlockEnd(A, whole, NOTHING, 1, 1, 1), "whole events");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00", // no header
                "fffffffe000000",
                "fffffffe00000001", // longer than what is left
                "fffffffe7fffffff",
                "fffffffeffffffff",
                "fffffffe0000000000", // shorter
                "ffffffff00000000ff",
                "ffffffff00000001",
                "0000000000000000", // an event
                "0000006400000000", // a command that must not be here
                "7fffffff00000000", // none at all
            })
    void refusesStrangeTails(String tail) {
        stream.accept(new AppendBlock(A, Vectors.hex("61" + tail)));
        assertThatThrownBy(() -> stream.accept(new AppendBlockEnd(A, 1, NOTHING, 1, 1, 1)))
                .isInstanceOf(WireFormatException.class);
    }

    @Test
    void refusesPaddingThatGoesOn() {
        stream.accept(new AppendBlock(A, Vectors.hex("ffffffff0000000100")));
        refuses(new AppendBlockEnd(A, 0, text("x"), 1, 1, 1), "padded");
    }

    @Test
    void boundsTheNumberOfWritersAndTheirNames() {
        for (int i = 1; i < AppendStream.MAX_WRITERS; i++) {
            stream.accept(new SetupAppend(i, new UUID(0, i), "s", ""));
        }
        refuses(new SetupAppend(0, B, "s", ""), "writers");
        stream.accept(new SetupAppend(0, A, "s".repeat(AppendStream.MAX_SEGMENT_NAME), ""));
        refuses(new SetupAppend(0, A, "s".repeat(AppendStream.MAX_SEGMENT_NAME + 1), ""), "segment name");
    }

    private Append accept(AppendCommand command) {
        return Objects.requireNonNull(stream.accept(command));
    }

    private void refuses(AppendCommand command, String why) {
        assertThatThrownBy(() -> stream.accept(command))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining(why);
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
