/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.Checkpoint;
import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.ReaderGroupConfiguration.Retention;
import io.headrace.client.Revision;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.internal.group.Checkpoints;
import io.headrace.client.internal.group.GroupConfig;
import io.headrace.client.internal.group.GroupRecord;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CompleteSegment;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.PassCheckpoint;
import io.headrace.client.internal.group.GroupRecord.ReleaseSegment;
import io.headrace.client.internal.group.GroupRecord.RemoveOutstandingCheckpoints;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.Replace;
import io.headrace.client.internal.group.GroupRecord.SetPublished;
import io.headrace.client.internal.group.GroupRecord.SetUpdating;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.client.internal.group.GroupRecord.UpdateDistance;
import io.headrace.client.internal.group.GroupState;
import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Bytes and texts are those of the published client. */
final class GroupFormatsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String SEGMENT = "sc/st/0.#epoch.0";
    private static final String S = "0010" + "73632f73742f302e2365706f63682e30";
    private static final StreamName STREAM = StreamName.of("sc/st");

    @Test
    void changes() {
        assertRecord(new AddReader("r1"), "00 02 00 01 00 00000004 0002 7231");
        assertRecord(
                new RemoveReader("r1", Map.of(SEGMENT, 5L)),
                "00 03 00 01 00 0000001f 0002 7231 01" + S + "0000000000000005");
        assertRecord(
                new ReleaseSegment("r1", SEGMENT, 5), "00 04 00 01 00 0000001e 0002 7231" + S + "0000000000000005");
        assertRecord(new AcquireSegment("r1", SEGMENT), "00 05 00 01 00 00000016 0002 7231" + S);
        assertRecord(
                new UpdateDistance("r1", 9, Map.of(SEGMENT, new Place(7, Optional.of(new KeyRange(0, 1))))),
                "00 06 00 02 00 0000000c 0002 7231 0000000000000009 01 0000002b 01" + S
                        + "0000000000000000 3ff0000000000000 0000000000000007");
        assertRecord(
                new PassCheckpoint("c", "r1", Map.of(SEGMENT, 5L)),
                "00 08 00 01 00 00000022 0001 63 0002 7231 01" + S + "0000000000000005");
        assertRecord(new CreateCheckpoint("c"), "00 09 00 01 00 00000003 0001 63");
        assertRecord(new ClearCheckpointsBefore("c"), "00 0a 00 01 00 00000003 0001 63");
        assertRecord(new SetPublished(true), "00 0b 00 01 00 00000001 01");
        assertRecord(new SetUpdating(true), "00 0c 00 01 00 00000001 01");
        assertRecord(new RemoveOutstandingCheckpoints(), "00 0d 00 01 00 00000000");
        assertRecord(
                new CompleteSegment(
                        "r1",
                        SEGMENT,
                        Optional.of(new KeyRange(0, 1)),
                        Map.of("sc/st/1.#epoch.1", new Successor(Set.of(0L), Optional.empty()))),
                "00 07 00 02 00 00000032 0002 7231" + S + "01 0010 73632f73742f312e2365706f63682e31 01 0000000000000000"
                        + "01 00000045 02" + S + "0000000000000000 3ff0000000000000"
                        + "0010 73632f73742f312e2365706f63682e31 bff0000000000000 bff0000000000000");
    }

    @Test
    void whatIsNoChange() {
        for (String wrong : List.of("", "00", "00 0e 00 01 00 00000000", "00 02 00 01 00 00000009 0002 7231")) {
            assertThatThrownBy(() -> GroupRecordFormat.fromBytes(bytes(wrong))).isInstanceOf(WireFormatException.class);
        }
    }

    @Test
    void settings() {
        GroupConfig config = new GroupConfig(ReaderGroupConfiguration.of(STREAM), new UUID(1, 2), 0);
        assertWritten(
                out -> GroupConfigFormat.write(out, config),
                "000003 00 00000022 0000000000007530 0000000000000bb8 01 0005 73632f7374 00 01 0005 73632f7374 00"
                        + "01 00000026 0000000000007530 0000000000000bb8 01 0005 73632f7374 00 01 0005 73632f7374 00 00000003"
                        + "02 00000019 00 0000000000000000 0000000000000001 0000000000000002");
        assertThat(rewritten(config)).isEqualTo(config);
        GroupConfig other = new GroupConfig(
                config.settings()
                        .withStream(
                                StreamName.of("x/y"),
                                new Bounds(
                                        Optional.of(new StreamCut(StreamName.of("x/y"), Map.of(0L, 5L))),
                                        Optional.of(new StreamCut(StreamName.of("x/y"), Map.of(0L, -1L)))))
                        .withCheckpointInterval(Duration.ZERO)
                        .withMaxCheckpoints(1)
                        .withRetention(Retention.BY_USER),
                new UUID(0, 9),
                3);
        assertThat(rewritten(other)).isEqualTo(other);
        // Of before there were ids and generations.
        assertThat(
                        GroupConfigFormat.read(
                                bytes(
                                        "000001 00 00000022 0000000000007530 0000000000000bb8 01 0005 73632f7374 00 01 0005 73632f7374 00")))
                .isEqualTo(new GroupConfig(config.settings(), new UUID(0, 0), -1));
    }

    private static GroupConfig rewritten(GroupConfig config) {
        ByteBuf out = Unpooled.buffer();
        GroupConfigFormat.write(out, config);
        return GroupConfigFormat.read(out);
    }

    @Test
    void checkpoints() {
        assertWritten(
                out -> CheckpointsFormat.write(out, Checkpoints.NONE),
                "00 00 02 00 00000004 00 00 00 00 01 00000001 01");
        Checkpoint checkpoint = new Checkpoint("cp1", Map.of("sc/st", new StreamCut(STREAM, Map.of(0L, 100L))));
        String hex = "0000010000000020000363703101000573632f7374000101000000000b000573632f737401002064";
        assertThat(HEX.formatHex(checkpoint.toBytes())).isEqualTo(hex);
        assertThat(Checkpoint.fromBytes(HEX.parseHex(hex))).isEqualTo(checkpoint);
        assertThatThrownBy(() -> Checkpoint.fromBytes(new byte[3])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wholeStates() {
        GroupState state = GroupState.of(new Start(
                new GroupConfig(ReaderGroupConfiguration.of(STREAM), new UUID(1, 2), 0),
                Map.of(
                        SEGMENT,
                        new Place(5, Optional.of(new KeyRange(0, 0.5))),
                        "sc/st/1.#epoch.0",
                        new Place(6, Optional.empty()),
                        "sc/st/2.#epoch.0",
                        new Place(7, Optional.empty())),
                Map.of("sc/st/1.#epoch.0", 100L)));
        for (GroupRecord change : List.of(
                new AddReader("r1"),
                new AddReader("r2"),
                new AcquireSegment("r1", SEGMENT),
                new AcquireSegment("r2", "sc/st/1.#epoch.0"),
                new UpdateDistance("r1", 77_000, Map.of(SEGMENT, new Place(9, Optional.of(new KeyRange(0, 0.5))))),
                new CreateCheckpoint("c"),
                new PassCheckpoint("c", "r1", Map.of(SEGMENT, 9L)),
                new CreateCheckpoint("d"),
                new CompleteSegment(
                        "r1",
                        SEGMENT,
                        Optional.of(new KeyRange(0, 0.5)),
                        Map.of("sc/st/3.#epoch.1", new Successor(Set.of(0L, 1L), Optional.of(new KeyRange(0, 0.7))))),
                new SetUpdating(true))) {
            state = state.apply(change);
            GroupState written = ((Replace) rewritten(new Replace(state))).state();
            // Of segments that nobody needs any more nothing is written.
            assertThat(state.ranges()).containsAllEntriesOf(written.ranges());
            assertThat(written.apply(new Replace(state))).isEqualTo(state);
            assertThat(List.of(
                            written.config(),
                            written.distances(),
                            written.assigned(),
                            written.unassigned(),
                            written.future(),
                            written.ends(),
                            written.lastRead(),
                            written.checkpoints(),
                            written.updating()))
                    .isEqualTo(List.of(
                            state.config(),
                            state.distances(),
                            state.assigned(),
                            state.unassigned(),
                            state.future(),
                            state.ends(),
                            state.lastRead(),
                            state.checkpoints(),
                            state.updating()));
        }
        Start start = new Start(state.config(), Map.of(SEGMENT, new Place(5, Optional.empty())), Map.of(SEGMENT, 9L));
        assertThat(rewritten(start)).isEqualTo(start);
        // What the published client begins with has bytes of no meaning behind it.
        ByteBuf padded =
                Unpooled.buffer().writeBytes(GroupRecordFormat.toBytes(start)).writeZero(40);
        assertThat(GroupRecordFormat.fromBytes(padded)).isEqualTo(start);
    }

    @Test
    void entriesOfAState() {
        byte[] changes = StateFrames.changes(List.of(
                GroupRecordFormat.toBytes(new AddReader("r1")), GroupRecordFormat.toBytes(new CreateCheckpoint("c"))));
        String hex = "00000002 0000000d 00020001000000000400027231 0000000c 000900010000000003000163";
        assertThat(HEX.formatHex(changes)).isEqualTo(hex.replace(" ", ""));
        assertThat(((StateFrames.Changes) StateFrames.read(bytes(hex))).all()).hasSize(2);
        assertThat(StateFrames.read(Unpooled.wrappedBuffer(StateFrames.state(new byte[] {7}))))
                .isEqualTo(new StateFrames.State(Unpooled.wrappedBuffer(new byte[] {7})));
        for (String wrong : List.of("", "00000003", "00000002 00000005 00", "00000002 ffffffff", "00000002 00")) {
            assertThatThrownBy(() -> StateFrames.read(bytes(wrong))).isInstanceOf(WireFormatException.class);
        }
    }

    @Test
    void revisions() {
        Revision revision = new Revision("sc/_RGg/0.#epoch.0", 42, 1);
        assertThat(revision).hasToString("sc/_RGg/0.#epoch.0:42:1").isEqualTo(Revision.parse(revision.toString()));
        assertThat(revision).isGreaterThan(Revision.parse("sc/_RGg/0.#epoch.0:42:0"));
        for (String wrong : List.of("", "a:1", "a:b:0", "a:1:2:3", "a:-1:0")) {
            assertThatThrownBy(() -> Revision.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertRecord(GroupRecord change, String hex) {
        assertThat(HEX.formatHex(GroupRecordFormat.toBytes(change))).isEqualTo(hex.replace(" ", ""));
        assertThat(GroupRecordFormat.fromBytes(bytes(hex))).isEqualTo(change);
    }

    private static GroupRecord rewritten(GroupRecord change) {
        return GroupRecordFormat.fromBytes(Unpooled.wrappedBuffer(GroupRecordFormat.toBytes(change)));
    }

    private static void assertWritten(Consumer<ByteBuf> writer, String hex) {
        assertThat(HEX.formatHex(Bytes.written(writer))).isEqualTo(hex.replace(" ", ""));
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HEX.parseHex(hex.replace(" ", "")));
    }
}
