/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Rig.Answer;
import io.headrace.engine.segments.SegmentReply.ConditionFailed;
import io.headrace.engine.segments.SegmentReply.Ok;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Appends of the server's own: no connection, at a given offset, and safe to repeat. */
class AppendAtTest {
    private static final UUID SERVER = new UUID(5, 5);
    private final Rig rig = new Rig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static SegmentCommand appending(long offset, String text) {
        return new SegmentCommand.AppendAt("s", SERVER, offset, Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private SegmentReply append(long offset, String text) {
        return rig.get(appending(offset, text));
    }

    @Test
    void onlyWhereTheSegmentEnds() {
        assertThat(append(0, "ab")).isEqualTo(new SegmentReply.NoSuchSegment("s"));
        rig.create("s");
        assertThat(append(1, "ab")).isEqualTo(new ConditionFailed(SERVER, 1));
        assertThat(append(0, "ab")).isEqualTo(Ok.INSTANCE);
        assertThat(append(1, "cd")).isEqualTo(new ConditionFailed(SERVER, 1));
        assertThat(append(3, "cd")).isEqualTo(new ConditionFailed(SERVER, 3));
        assertThat(append(2, "cd")).isEqualTo(Ok.INSTANCE);
        assertThat(rig.read("s", 0).text()).isEqualTo("abcd");
        assertThat(rig.attribute("s", SERVER)).isEqualTo(2);
        assertThat(rig.attribute("s", new UUID(Long.MIN_VALUE, 1))).isEqualTo(2);
    }

    @Test
    void aRepeatIsKnown() {
        rig.create("s");
        assertThat(append(0, "ab")).isEqualTo(Ok.INSTANCE);
        assertThat(append(0, "ab")).isEqualTo(Ok.INSTANCE);
        rig.crash();
        assertThat(append(0, "ab")).isEqualTo(Ok.INSTANCE);
        rig.setUp("s");
        rig.append("s", 1, "foreign");
        assertThat(append(0, "ab")).isEqualTo(Ok.INSTANCE);
        assertThat(append(2, "cd")).isEqualTo(new ConditionFailed(SERVER, 2));
        assertThat(append(9, "cd")).isEqualTo(Ok.INSTANCE);
        rig.get(new SegmentCommand.Seal("s"));
        assertThat(append(9, "cd")).isEqualTo(Ok.INSTANCE);
        assertThat(append(11, "ef")).isEqualTo(new SegmentReply.Sealed("s"));
        rig.handOver();
        assertThat(append(9, "cd")).isEqualTo(Ok.INSTANCE);
        assertThat(rig.read("s", 0).text()).isEqualTo("abforeigncd");
    }

    @Test
    void answersWhenItIsDurableAndWakesReaders() {
        rig.create("s");
        Answer read = rig.read("s", 0);
        rig.log.paused = true;
        Answer first = rig.ask(appending(0, "ab"));
        Answer repeat = rig.ask(appending(0, "ab"));
        assertThat(first.isPending()).isTrue();
        assertThat(repeat.isPending()).isTrue();
        assertThat(read.isPending()).isTrue();
        rig.resume();
        assertThat(first.reply).isEqualTo(Ok.INSTANCE);
        assertThat(repeat.reply).isEqualTo(Ok.INSTANCE);
        assertThat(read.text()).isEqualTo("ab");
    }

    @Test
    void refusesNonsense() {
        rig.create("s");
        assertThat(append(0, "")).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(append(-1, "a")).isInstanceOf(SegmentReply.BadArgument.class);
    }
}
