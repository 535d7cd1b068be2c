/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What things cost, in bytes logged, calls made and questions for the time, does not grow with what else there is. */
class CostTest {
    private static final int MANY = 1_000;

    /** What a rig has done since the last look. */
    private static final class Meter {
        private final Rig rig;
        private int bytes;
        private int calls;
        private int asked;

        Meter(Rig rig) {
            this.rig = rig;
            read();
        }

        /** Bytes, calls, questions. */
        List<Integer> read() {
            int calledNow = rig.segmentCalls.size() + rig.streamCalls.size();
            List<Integer> since = List.of(rig.loggedBytes() - bytes, calledNow - calls, rig.asked - asked);
            bytes = rig.loggedBytes();
            calls = calledNow;
            asked = rig.asked;
            return since;
        }
    }

    private static UUID open(Rig rig) {
        return ((TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 600_000))).transaction();
    }

    /** Opens, pings, asks about, commits and aborts transactions, and lets a tick pass. */
    private static List<List<Integer>> costs(Rig rig) {
        List<List<Integer>> costs = new ArrayList<>();
        Meter meter = new Meter(rig);
        UUID one = open(rig);
        costs.add(meter.read());
        rig.ask(new StreamCommand.PingTransaction(S, one, 600_000));
        costs.add(meter.read());
        rig.ask(new StreamCommand.GetTransactionState(S, one));
        costs.add(meter.read());
        rig.ask(new StreamCommand.CommitTransaction(S, one, "", Long.MIN_VALUE));
        rig.settle();
        assertThat(rig.ask(new StreamCommand.GetTransactionState(S, one))).isEqualTo(TransactionState.COMMITTED);
        costs.add(meter.read());
        UUID other = open(rig);
        meter.read();
        rig.ask(new StreamCommand.AbortTransaction(S, other));
        rig.settle();
        assertThat(rig.ask(new StreamCommand.GetTransactionState(S, other))).isEqualTo(TransactionState.ABORTED);
        costs.add(meter.read());
        // The first one may find something to be done.
        rig.tick();
        meter.read();
        rig.tick();
        costs.add(meter.read());
        return costs;
    }

    @Test
    void aThousandOpenTransactionsMakeNothingDearer() {
        Rig rig = withStream(2);
        open(rig);
        List<List<Integer>> alone = costs(rig);
        for (int i = 0; i < MANY; i++) {
            open(rig);
        }
        assertThat(costs(rig)).isEqualTo(alone);
    }

    @Test
    void thousandsOfStreamsMakeATickNoDearer() {
        Rig rig = withStream(1);
        rig.tick();
        Meter meter = new Meter(rig);
        rig.tick();
        List<Integer> alone = meter.read();
        for (int i = 0; i < MANY; i++) {
            rig.ask(createStream(new StreamName("s", "b" + i), 1));
        }
        rig.settle();
        meter.read();
        rig.tick();
        assertThat(meter.read()).isEqualTo(alone);
    }

    /** Outcomes of a day are looked at from the oldest on, and no further than is needed. */
    @Test
    void outcomesAreForgottenOneByOne() {
        Completed completed = new Completed();
        for (int i = 0; i < MANY; i++) {
            StreamName stream = new StreamName("s", "stream" + i % 10);
            completed.put(new Row.CompletedRow(stream, new UUID(0, i), i % 2 == 0, i));
        }
        assertThat(completed.expired(3, 10))
                .extracting(Row.CompletedRow::atMillis)
                .containsExactly(0L, 1L, 2L);
        assertThat(completed.expired(500, 4))
                .extracting(Row.CompletedRow::atMillis)
                .containsExactly(0L, 1L, 2L, 3L);
        completed.expired(500, MANY).forEach(completed::remove);
        StreamName zero = new StreamName("s", "stream0");
        assertThat(completed.find(zero, new UUID(0, 490))).isNull();
        assertThat(completed.find(zero, new UUID(0, 500))).isNotNull();
        assertThat(completed.latest(zero, 2).keySet()).containsExactlyInAnyOrder(new UUID(0, 990), new UUID(0, 980));
        assertThat(completed.surplus(zero, 50)).isNull();
        assertThat(completed.surplus(zero, 49))
                .extracting(Row.CompletedRow::atMillis)
                .isEqualTo(500L);
        completed.expired(MANY, MANY).forEach(completed::remove);
        List<Row> left = new ArrayList<>();
        completed.forEachRow(left::add);
        assertThat(left).isEmpty();
    }
}
