/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.s3.MergePlan.Part;
import io.headrace.tiering.s3.MergePlan.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MergePlanTest {

    @Test
    void largeObjectsAreCopiedAndSmallOnesPutTogether() {
        assertThat(MergePlan.of(List.of(10L, 10L), 5, 100).parts())
                .containsExactly(part(range(0, 0, 10)), part(range(1, 0, 10)));
        assertThat(MergePlan.of(List.of(3L, 0L, 10L, 1L), 5, 100).parts())
                .containsExactly(part(range(0, 0, 3), range(2, 0, 2)), part(range(2, 2, 8)), part(range(3, 0, 1)));
        assertThat(MergePlan.of(List.of(2L, 4L, 4L), 5, 100).parts())
                .containsExactly(part(range(0, 0, 2), range(1, 0, 3)), part(range(1, 3, 1), range(2, 0, 4)));
        assertThat(MergePlan.of(List.of(23L), 5, 10).parts())
                .containsExactly(part(range(0, 0, 10)), part(range(0, 10, 5)), part(range(0, 15, 8)));
    }

    @Test
    void eachByteIsInOnePartAndEachPartHasItsSize() {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            long minimum = 1 + random.nextLong(20);
            long maximum = 2 * minimum + random.nextLong(50);
            List<Long> lengths = new ArrayList<>();
            for (int source = random.nextInt(6); source >= 0; source--) {
                lengths.add(random.nextBoolean() ? random.nextLong(2 * minimum) : random.nextLong(5 * maximum));
            }
            check(lengths, minimum, maximum);
        }
    }

    private static void check(List<Long> lengths, long minimum, long maximum) {
        List<Part> parts = MergePlan.of(lengths, minimum, maximum).parts();
        List<Range> ranges =
                parts.stream().flatMap(part -> part.ranges().stream()).toList();
        long[] covered = new long[lengths.size()];
        int last = 0;
        for (Range range : ranges) {
            assertThat(range.source()).isGreaterThanOrEqualTo(last);
            assertThat(range.offset()).isEqualTo(covered[range.source()]);
            assertThat(range.length()).isPositive();
            covered[range.source()] += range.length();
            last = range.source();
        }
        for (int source = 0; source < covered.length; source++) {
            assertThat(covered[source]).isEqualTo(lengths.get(source));
        }
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            assertThat(part.length()).isGreaterThanOrEqualTo(i < parts.size() - 1 ? minimum : 1);
            assertThat(part.length()).isLessThanOrEqualTo(part.isCopied() ? maximum : minimum);
        }
    }

    private static Part part(Range... ranges) {
        return new Part(List.of(ranges));
    }

    private static Range range(int source, long offset, long length) {
        return new Range(source, offset, length);
    }
}
