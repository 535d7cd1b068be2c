/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CreateTableStatus;
import io.headrace.engine.streams.StreamReply.DeleteScopeStatus;
import io.headrace.engine.streams.StreamReply.DeleteTableStatus;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.ListStatus;
import io.headrace.engine.streams.StreamReply.NamePage;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Table;
import io.headrace.engine.streams.StreamReply.TableStatus;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyValueTablesTest {
    private static final TableConfiguration TWO = new TableConfiguration(2, 4, 3, 77);

    private final Rig rig = new Rig();

    @BeforeEach
    void createScope() {
        rig.ask(new StreamCommand.CreateScope("s"));
    }

    private static StreamCommand.CreateTable creating(String table) {
        return new StreamCommand.CreateTable("s", table, TWO);
    }

    private static StreamCommand.DeleteTable deleting(String table) {
        return new StreamCommand.DeleteTable("s", table);
    }

    private StreamReply configuration(String table) {
        return rig.ask(new StreamCommand.GetTableConfiguration("s", table));
    }

    private StreamReply segments(String table) {
        return rig.ask(new StreamCommand.GetTableSegments("s", table));
    }

    private static void assertNotFound(StreamReply reply) {
        assertThat(reply)
                .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void lifeOfATable() {
        assertThat(rig.ask(creating("t"))).isEqualTo(CreateTableStatus.SUCCESS);
        assertThat(rig.ask(creating("t"))).isEqualTo(CreateTableStatus.TABLE_EXISTS);
        assertThat(rig.store.segments).containsOnlyKeys("s/t_kvtable/0.#epoch.0", "s/t_kvtable/1.#epoch.0");
        FakeStore.Segment segment = rig.store.get("s/t_kvtable/1.#epoch.0");
        assertThat(segment.keyLength).isEqualTo(7);
        assertThat(segment.rolloverBytes).isEqualTo(77);
        rig.crash();
        assertThat(configuration("t")).isEqualTo(new Table(TableStatus.SUCCESS, TWO));
        assertThat(segments("t"))
                .isEqualTo(new Segments(List.of(new SegmentRange(0, 0, 0.5), new SegmentRange(1, 0.5, 1))));
        assertThat(rig.ask(deleting("t"))).isEqualTo(DeleteTableStatus.SUCCESS);
        assertThat(rig.store.segments).isEmpty();
        assertThat(rig.ask(deleting("t"))).isEqualTo(DeleteTableStatus.TABLE_NOT_FOUND);
        assertThat(configuration("t")).isEqualTo(new Table(TableStatus.TABLE_NOT_FOUND, null));
        assertNotFound(segments("t"));
    }

    @Test
    void aNewTableUnderAnOldNameHasOtherSegments() {
        rig.ask(creating("t"));
        rig.ask(deleting("t"));
        rig.snapshot();
        rig.crash();
        assertThat(rig.ask(creating("t"))).isEqualTo(CreateTableStatus.SUCCESS);
        assertThat(names(((Segments) segments("t")).segments())).containsExactly("2@0", "3@0");
        assertThat(rig.store.everCreated).hasSize(4);
    }

    @Test
    void withoutAScopeOrATable() {
        assertThat(rig.ask(new StreamCommand.CreateTable("none", "t", TWO)))
                .isEqualTo(CreateTableStatus.SCOPE_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.GetTableConfiguration("none", "t")))
                .isEqualTo(new Table(TableStatus.TABLE_NOT_FOUND, null));
        assertNotFound(rig.ask(new StreamCommand.GetTableSegments("none", "t")));
        assertThat(rig.ask(new StreamCommand.DeleteTable("none", "t"))).isEqualTo(DeleteTableStatus.TABLE_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.ListTables("none", "", 9)))
                .isEqualTo(new NamePage(ListStatus.SCOPE_NOT_FOUND, List.of(), ""));
    }

    @Test
    void namesOfTables() {
        for (String name : List.of("_t", "a_b", "a b", "", "é", "x".repeat(251))) {
            assertThat(rig.ask(creating(name))).isEqualTo(CreateTableStatus.INVALID_TABLE_NAME);
        }
        for (String name : List.of("a.b-c1", "x".repeat(250))) {
            assertThat(rig.ask(creating(name))).isEqualTo(CreateTableStatus.SUCCESS);
        }
        rig.ask(Commands.createStream(Commands.S, 1));
        assertThat(rig.ask(creating("a"))).isEqualTo(CreateTableStatus.SUCCESS);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0, 0", "10001, 1, 0, 0", "1, 0, 4, 0", "1, 4, -1, 0", "1, 8192, 1, 0", "1, 1, 0, -1"})
    void configurationsThatMakeNoSense(int partitions, int primary, int secondary, long rollover) {
        TableConfiguration wrong = new TableConfiguration(partitions, primary, secondary, rollover);
        assertThat(rig.ask(new StreamCommand.CreateTable("s", "t", wrong)))
                .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code()).isEqualTo(Code.INVALID_ARGUMENT));
        assertThat(rig.ask(new StreamCommand.DeleteScope("s"))).isEqualTo(DeleteScopeStatus.SUCCESS);
    }

    @Test
    void callersWhoComeAgainJoinTheWork() {
        Rig.Answer<StreamReply> created = rig.submit(creating("t"));
        Rig.Answer<StreamReply> again = rig.submit(creating("t"));
        assertThat(configuration("t")).isEqualTo(new Table(TableStatus.TABLE_NOT_FOUND, null));
        Rig.Answer<StreamReply> deleted = rig.submit(deleting("t"));
        rig.settle();
        assertThat(created.reply).isEqualTo(CreateTableStatus.SUCCESS);
        assertThat(again.reply).isEqualTo(CreateTableStatus.SUCCESS);
        assertThat(deleted.reply).isEqualTo(DeleteTableStatus.SUCCESS);
        rig.ask(creating("t"));
        deleted = rig.submit(deleting("t"));
        Rig.Answer<StreamReply> deletedAgain = rig.submit(deleting("t"));
        created = rig.submit(creating("t"));
        assertNotFound(segments("t"));
        rig.settle();
        assertThat(deleted.reply).isEqualTo(DeleteTableStatus.SUCCESS);
        assertThat(deletedAgain.reply).isEqualTo(DeleteTableStatus.SUCCESS);
        assertThat(created.reply).isEqualTo(CreateTableStatus.SUCCESS);
        assertThat(names(((Segments) segments("t")).segments())).containsExactly("4@0", "5@0");
    }

    @Test
    void listing() {
        for (int i = 0; i < 5; i++) {
            rig.ask(creating("t" + i));
        }
        assertThat(rig.ask(new StreamCommand.ListTables("s", "", 3)))
                .isEqualTo(new NamePage(ListStatus.SUCCESS, List.of("t0", "t1", "t2"), "t2"));
        assertThat(rig.ask(new StreamCommand.ListTables("s", "t2", 3)))
                .isEqualTo(new NamePage(ListStatus.SUCCESS, List.of("t3", "t4"), "t4"));
        assertThat(rig.ask(new StreamCommand.ListTables("s", "t4", 3)))
                .isEqualTo(new NamePage(ListStatus.SUCCESS, List.of(), "t4"));
    }

    @Test
    void deletionOfAScope() {
        rig.ask(creating("t"));
        assertThat(rig.ask(new StreamCommand.DeleteScope("s"))).isEqualTo(DeleteScopeStatus.SCOPE_NOT_EMPTY);
        rig.ask(deleting("t"));
        assertThat(rig.ask(new StreamCommand.DeleteScope("s"))).isEqualTo(DeleteScopeStatus.SUCCESS);
    }

    @Test
    void removalOfAScopeWithAllThatIsInIt() {
        rig.ask(Commands.createStream(Commands.S, 1));
        for (int i = 0; i < 70; i++) {
            rig.ask(creating("t" + i));
        }
        Rig.Answer<StreamReply> creating = rig.submit(creating("u"));
        Rig.Answer<StreamReply> removed = rig.submit(new StreamCommand.DeleteScopeRecursive("s"));
        assertThat(rig.ask(creating("late"))).isEqualTo(CreateTableStatus.SCOPE_NOT_FOUND);
        rig.settle();
        assertThat(creating.reply).isEqualTo(CreateTableStatus.SUCCESS);
        assertThat(removed.reply).isEqualTo(DeleteScopeStatus.SUCCESS);
        assertThat(rig.store.segments).isEmpty();
    }

    @Test
    void answersThatComeTwiceOrLate() {
        for (long seed = 1; seed <= 100; seed++) {
            Rig rough = new Rig(seed, StreamsOptions.of(0, 1));
            rough.faults = 0.2;
            rough.crashChance = 0.02;
            rough.ask(new StreamCommand.CreateScope("s"));
            for (int i = 0; i < 3; i++) {
                assertThat(rough.ask(creating("t"))).isIn(CreateTableStatus.SUCCESS, CreateTableStatus.TABLE_EXISTS);
                for (SegmentRange range :
                        ((Segments) rough.ask(new StreamCommand.GetTableSegments("s", "t"))).segments()) {
                    String name = SegmentNames.tableSegment("s", "t", range.id());
                    assertThat(rough.store.execute(new SegmentCommand.GetInfo(name)))
                            .as("seed %d, %s", seed, name)
                            .isEqualTo(new SegmentReply.Info(false, 0, 0, 0));
                }
                assertThat(rough.ask(deleting("t"))).isIn(DeleteTableStatus.SUCCESS, DeleteTableStatus.TABLE_NOT_FOUND);
            }
        }
    }
}
