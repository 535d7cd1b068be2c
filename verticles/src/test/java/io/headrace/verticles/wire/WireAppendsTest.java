/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.ConditionalAppend;
import io.headrace.codecs.wire.AppendCommand.ConditionalBlockEnd;
import io.headrace.codecs.wire.AppendReply.ConditionalCheckFailed;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.FailureReply.InvalidEventNumber;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.DeleteSegment;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.SegmentRequest.SealSegment;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.engine.log.LogException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Acknowledgements, conditions, and the errors of appends. */
final class WireAppendsTest {
    private static final long ID = 0x1_0000_0000L;
    private static final String SEGMENT = "s/a/0.#epoch.0";
    private static final UUID WRITER = new UUID(1, 2);
    private static final byte[] DATA = {1, 2, 3, 4};

    private final TestStore store = new TestStore();
    private final WireClient client = store.connect();

    @AfterEach
    void close() {
        client.close();
        store.close();
    }

    private void begin() {
        client.createSegment(SEGMENT);
        client.setUp(WRITER, SEGMENT, ID, Long.MIN_VALUE);
    }

    @Test
    void acknowledgementsFollowEachOther() {
        begin();
        client.append(WRITER, 3, 3, DATA, ID);
        assertThat(client.read()).isEqualTo(new DataAppended(WRITER, 3, Long.MIN_VALUE, ID, 4));
        client.append(WRITER, 4, 1, new byte[0], ID);
        assertThat(client.read()).isEqualTo(new DataAppended(WRITER, 4, 3, ID, 4));
        try (WireClient again = store.connect()) {
            again.setUp(WRITER, SEGMENT, ID, 4);
        }
    }

    @Test
    void appendsAnsweredTogetherShareAnAcknowledgement() {
        begin();
        store.logs.hold();
        for (int event = 1; event <= 50; event++) {
            client.append(WRITER, event, 1, DATA, ID);
        }
        // When this comes back all appends are on their way to the partition.
        client.send(WireCommand.KeepAlive.INSTANCE).read(WireCommand.KeepAlive.class);
        store.logs.letGo();
        long previous = Long.MIN_VALUE;
        int replies = 0;
        while (previous < 50) {
            DataAppended appended = client.read(DataAppended.class);
            assertThat(appended.previousEventNumber()).isEqualTo(previous);
            assertThat(appended.eventNumber()).isGreaterThan(previous);
            assertThat(appended.currentSegmentWriteOffset()).isEqualTo(appended.eventNumber() * DATA.length);
            previous = appended.eventNumber();
            replies++;
        }
        assertThat(replies).isLessThan(50);
    }

    @Test
    void conditionalAppendsAreAnsweredOneByOne() {
        begin();
        store.logs.hold();
        byte[] pipelined = WireClient.bytes(
                new ConditionalBlockEnd(WRITER, 1, 0, Unpooled.wrappedBuffer(DATA), 101),
                new ConditionalBlockEnd(WRITER, 2, 4, Unpooled.wrappedBuffer(DATA), 102),
                new ConditionalBlockEnd(WRITER, 3, 4, Unpooled.wrappedBuffer(DATA), 103),
                new ConditionalBlockEnd(WRITER, 4, -5, Unpooled.wrappedBuffer(DATA), 104));
        client.sendBytes(pipelined);
        store.logs.letGo();
        assertThat(client.read()).isEqualTo(new DataAppended(WRITER, 1, Long.MIN_VALUE, 101, 4));
        assertThat(client.read()).isEqualTo(new DataAppended(WRITER, 2, 1, 102, 8));
        assertThat(client.read()).isEqualTo(new ConditionalCheckFailed(WRITER, 3, 103));
        assertThat(client.read()).isEqualTo(new DataAppended(WRITER, 4, 2, 104, 12));
    }

    @Test
    void aConditionalAppendStoresTheHeaderOfItsEvent() {
        begin();
        ByteBuf event = Unpooled.wrappedBuffer(HexFormat.of().parseHex("0000000000000004636f6e64"));
        client.assertAnswer(
                new ConditionalAppend(WRITER, 1, 0, event, ID), new DataAppended(WRITER, 1, Long.MIN_VALUE, ID, 12));
        SegmentRead read = (SegmentRead) client.ask(new ReadSegment(SEGMENT, 0, 100, "", ID));
        assertThat(ByteBufUtil.hexDump(read.data())).isEqualTo("0000000000000004636f6e64");
    }

    @Test
    void aWriterThatWasTakenOverIsToldSoAndClosed() {
        begin();
        try (WireClient successor = store.connect()) {
            successor.setUp(WRITER, SEGMENT, ID + 1, Long.MIN_VALUE);
            client.append(WRITER, 1, 1, DATA, ID);
            assertThat(client.read()).isEqualTo(new InvalidEventNumber(WRITER, ID, 1));
            client.assertClosed();
            successor.append(WRITER, 1, 1, DATA, ID + 1);
            assertThat(successor.read()).isEqualTo(new DataAppended(WRITER, 1, Long.MIN_VALUE, ID + 1, 4));
        }
        try (WireClient back = store.connect()) {
            back.setUp(WRITER, SEGMENT, ID, 1);
            back.append(WRITER, 2, 1, DATA, ID);
            assertThat(back.read()).isEqualTo(new DataAppended(WRITER, 2, 1, ID, 8));
        }
        assertThat(store.node.counters().closedByError()).isZero();
    }

    @Test
    void anEventNumberIsNotStoredTwice() {
        begin();
        client.append(WRITER, 1, 1, DATA, ID).read(DataAppended.class);
        client.append(WRITER, 1, 1, DATA, ID);
        assertThat(client.read()).isEqualTo(new InvalidEventNumber(WRITER, ID, 1));
        client.assertClosed();
    }

    @Test
    void sealedAndMissingSegmentsKeepTheConnection() {
        begin();
        client.append(WRITER, 1, 1, DATA, ID).read(DataAppended.class);
        client.ask(new SealSegment(ID, SEGMENT, ""));
        client.append(WRITER, 2, 1, DATA, ID);
        assertThat(client.read()).isEqualTo(new SegmentIsSealed(ID, SEGMENT, 2));
        client.setUp(WRITER, SEGMENT, ID, 1);
        client.ask(new DeleteSegment(ID, SEGMENT, ""));
        client.append(WRITER, 3, 1, DATA, ID);
        assertThat(client.read()).isEqualTo(new NoSuchSegment(ID, SEGMENT, -1));
    }

    @Test
    void largeAppendsAreReadBackAsWritten() {
        begin();
        byte[] large = new byte[8 << 20];
        new Random(7).nextBytes(large);
        client.append(WRITER, 1, 1, large, ID);
        assertThat(client.read(DataAppended.class).currentSegmentWriteOffset()).isEqualTo(large.length);
        ByteBuf all = Unpooled.buffer();
        while (all.readableBytes() < large.length) {
            SegmentRead read = (SegmentRead) client.ask(new ReadSegment(SEGMENT, all.readableBytes(), 4 << 20, "", ID));
            assertThat(read.data().readableBytes()).isBetween(1, 2 << 20);
            all.writeBytes(read.data());
        }
        assertThat(ByteBufUtil.getBytes(all)).isEqualTo(large);
    }

    @Test
    void aLostPartitionClosesItsConnectionsAndRecovers() {
        begin();
        client.append(WRITER, 1, 1, DATA, ID).read(DataAppended.class);
        store.logs.breakLog(store.partitionOf(SEGMENT), LogException.Kind.UNAVAILABLE);
        client.append(WRITER, 2, 1, DATA, ID);
        client.assertClosed();
        try (WireClient again = store.connect()) {
            // Waits for the recovery rather than fails.
            again.setUp(WRITER, SEGMENT, ID, 1);
            again.append(WRITER, 2, 1, DATA, ID);
            assertThat(again.read()).isEqualTo(new DataAppended(WRITER, 2, 1, ID, 8));
            StreamSegmentInfo info = (StreamSegmentInfo) again.ask(new GetStreamSegmentInfo(ID, SEGMENT, ""));
            assertThat(info.writeOffset()).isEqualTo(8);
        }
    }
}
