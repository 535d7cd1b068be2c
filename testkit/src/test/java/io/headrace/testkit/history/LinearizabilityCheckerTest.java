/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories of registers that are known to be good or bad. */
class LinearizabilityCheckerTest {

    private sealed interface Input {
        record Read() implements Input {}

        record Write(int value) implements Input {}

        record Swap(int from, int to) implements Input {}
    }

    /** A register that begins with 0. Outputs: the value read, or for a swap 1 for success and 0 for failure. */
    private static final SequentialModel<Integer, Input, Integer> REGISTER = new SequentialModel<>() {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public @Nullable Integer next(Integer state, Input input, @Nullable Integer output) {
            if (input instanceof Input.Write write) {
                return write.value();
            } else if (input instanceof Input.Swap swap) {
                boolean success = state == swap.from();
                boolean possible = output == null ? success : success == (output == 1);
                return possible ? (success ? Integer.valueOf(swap.to()) : state) : null;
            }
            return state.equals(output) ? state : null;
        }
    };

    private final List<Operation<Input, Integer>> history = new ArrayList<>();

    private LinearizabilityCheckerTest read(int value, long from, long to) {
        history.add(new Operation<>("r", new Input.Read(), value, from, to));
        return this;
    }

    private LinearizabilityCheckerTest write(int value, long from, long to) {
        history.add(new Operation<>("r", new Input.Write(value), to == Operation.NEVER ? null : 0, from, to));
        return this;
    }

    private LinearizabilityCheckerTest swap(int expected, int value, int success, long from, long to) {
        history.add(new Operation<>("r", new Input.Swap(expected, value), success, from, to));
        return this;
    }

    private void isGood() {
        assertThat(new LinearizabilityChecker<>(REGISTER).check(history)).isNull();
    }

    private void isBad() {
        assertThat(new LinearizabilityChecker<>(REGISTER).check(history)).isNotNull();
    }

    @Test
    void oneAfterTheOther() {
        read(0, 1, 2)
                .write(1, 3, 4)
                .read(1, 5, 6)
                .swap(1, 2, 1, 7, 8)
                .swap(1, 3, 0, 9, 10)
                .read(2, 11, 12)
                .isGood();
    }

    @Test
    void aReadDuringAWriteMaySeeEither() {
        write(1, 1, 10).read(0, 2, 3).read(1, 4, 5).isGood();
    }

    @Test
    void aStaleRead() {
        write(1, 1, 2).read(0, 3, 4).isBad();
    }

    @Test
    void aReadThatGoesBack() {
        write(1, 1, 10).read(1, 2, 3).read(0, 4, 5).isBad();
    }

    @Test
    void aReadOfWhatWasNotYetWritten() {
        read(1, 1, 2).write(1, 3, 4).isBad();
    }

    @Test
    void aLostWrite() {
        write(1, 1, 2).write(2, 3, 4).read(1, 5, 6).isBad();
    }

    @Test
    void twoSwapsFromTheSame() {
        swap(0, 1, 1, 1, 10).swap(0, 2, 1, 2, 9).isBad();
    }

    @Test
    void aSwapThatFailedWithoutReason() {
        swap(0, 1, 0, 1, 10).read(0, 2, 9).isBad();
    }

    @Test
    void twoReadersWhoSeeWritesInDifferentOrder() {
        write(1, 1, 20)
                .write(2, 2, 21)
                .read(1, 3, 4)
                .read(2, 5, 6)
                .read(1, 7, 8)
                .isBad();
    }

    @Test
    void anOrderThatOnlyAllTogetherExplain() {
        write(1, 1, 20)
                .write(2, 2, 21)
                .write(3, 3, 22)
                .read(2, 4, 5)
                .read(3, 6, 7)
                .read(1, 8, 9)
                .isGood();
    }

    @Test
    void whatWasNotAnsweredMayHaveHappenedAtAnyTimeSinceOrNever() {
        write(1, 1, Operation.NEVER).read(0, 2, 3).read(0, 4, 5).isGood();
        read(1, 6, 7).isGood();
        read(0, 8, 9).isBad();
    }

    @Test
    void whatWasNotAnsweredDidNotHappenBeforeItWasCalled() {
        read(1, 1, 2).write(1, 3, Operation.NEVER).isBad();
    }

    @Test
    void partsAreJudgedApart() {
        write(1, 1, 2);
        history.add(new Operation<>("other", new Input.Read(), 0, 3, 4));
        isGood();
        history.add(new Operation<>("other", new Input.Read(), 1, 5, 6));
        assertThat(new LinearizabilityChecker<>(REGISTER).check(history))
                .startsWith("other: ")
                .contains("output=1");
    }

    /** Runs a register by chance, with overlapping calls and lost answers; then spoils one answer. */
    @Test
    void longHistories() {
        int spoiled = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            history.clear();
            int value = 0;
            long now = 0;
            for (int i = 1; i <= 60; i++) {
                now += 10;
                // The call takes effect now, between its beginning and its answer; no two moments are the same.
                long from = (now - random.nextInt(40)) * 1000 + 2L * i;
                long to = (now + 1 + random.nextInt(40)) * 1000 + 2L * i + 1;
                int kind = random.nextInt(10);
                if (kind < 3) {
                    read(value, from, to);
                } else if (kind < 5) {
                    value = i;
                    write(value, from, random.nextInt(4) == 0 ? Operation.NEVER : to);
                } else if (kind < 9) {
                    swap(value, i, 1, from, to);
                    value = i;
                } else {
                    swap(-i, i, 0, from, to);
                }
            }
            Collections.shuffle(history, random);
            isGood();
            int index = random.nextInt(history.size());
            Operation<Input, Integer> operation = history.get(index);
            if (operation.input() instanceof Input.Read) {
                history.set(
                        index,
                        new Operation<>("r", operation.input(), 1000, operation.invoked(), operation.returned()));
                isBad();
                spoiled++;
            }
        }
        assertThat(spoiled).isGreaterThan(20);
    }
}
