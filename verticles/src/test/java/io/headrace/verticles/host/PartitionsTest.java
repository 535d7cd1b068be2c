/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class PartitionsTest {

    @Test
    void slotsAreSharedEvenly() {
        int[] table = Partitions.evenTable(3);
        assertThat(table).isSorted().startsWith(0).endsWith(2);
        for (int partition = 0; partition < 3; partition++) {
            int owner = partition;
            assertThat(Arrays.stream(table).filter(each -> each == owner).count())
                    .isBetween(341L, 342L);
        }
        assertThatThrownBy(() -> Partitions.evenTable(1025)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void segmentsThatMergeHaveOneOwner() {
        Partitions<SegmentCommand, SegmentReply> partitions = Partitions.ofSegments(Partitions.evenTable(16));
        for (int number = 0; number < 50; number++) {
            String segment = "s/a/" + number;
            int owner = partitions.indexOf(segment + ".#epoch.0");
            assertThat(partitions.indexOf(segment + ".#epoch.7")).isEqualTo(owner);
            assertThat(partitions.indexOf(segment + ".#epoch.0#transaction.00000000000000000000000000000001"))
                    .isEqualTo(owner);
        }
    }

    @Test
    void whatIsNotHereIsLost() {
        Partitions<SegmentCommand, SegmentReply> partitions = Partitions.ofSegments(Partitions.evenTable(2));
        assertThat(partitions.count()).isEqualTo(2);
        assertThat(partitions.at(1)).isNull();
        String[] reason = new String[1];
        partitions.submit("s/a/0", new SegmentCommand.Seal("s/a/0"), new io.headrace.engine.partition.ReplyTo<>() {
            @Override
            public void reply(SegmentReply reply) {}

            @Override
            public void lost(String why) {
                reason[0] = why;
            }
        });
        assertThat(reason[0]).contains("not in this process");
    }
}
