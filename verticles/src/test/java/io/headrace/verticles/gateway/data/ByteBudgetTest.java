/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ByteBudgetTest {

    @Test
    void nobodyOvertakes() {
        ByteBudget budget = new ByteBudget(100);
        List<String> granted = new ArrayList<>();
        budget.take(60, () -> granted.add("a"));
        budget.take(50, () -> granted.add("b"));
        budget.take(10, () -> granted.add("c"));
        assertThat(granted).containsExactly("a");
        budget.giveBack(60);
        assertThat(granted).containsExactly("a", "b", "c");
    }

    @Test
    void whoNeedsMoreThanThereIsGoesAlone() {
        ByteBudget budget = new ByteBudget(100);
        List<String> granted = new ArrayList<>();
        budget.take(1, () -> granted.add("a"));
        budget.take(1_000, () -> granted.add("b"));
        budget.take(1, () -> granted.add("c"));
        budget.giveBack(1);
        assertThat(granted).containsExactly("a", "b");
        budget.giveBack(1_000);
        assertThat(granted).containsExactly("a", "b", "c");
    }

    @Test
    void inAnyOrderAllAreServedAndTheBoundIsKept() {
        Random random = new Random(7);
        ByteBudget budget = new ByteBudget(100);
        Deque<Integer> held = new ArrayDeque<>();
        List<Integer> served = new ArrayList<>();
        int asked = 0;
        while (served.size() < 10_000) {
            if (asked < 10_000 && random.nextBoolean()) {
                int number = asked++;
                int bytes = random.nextInt(101);
                budget.take(bytes, () -> {
                    served.add(number);
                    held.add(bytes);
                });
            } else if (!held.isEmpty()) {
                budget.giveBack(held.remove());
            }
            assertThat(held.stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(100);
        }
        assertThat(served).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }
}
