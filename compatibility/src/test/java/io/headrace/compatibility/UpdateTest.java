/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Streams: change of configuration")
class UpdateTest {
    @Case({"UPD-01", "UPD-02", "UPD-03", "UPD-04"})
    void asManySegmentsAsThePolicyWants(Client client) {
        client.stream("a", 1);
        update(client, ScalingPolicy.fixed(2));
        assertThat(SegmentIds.current(client, "a")).hasSize(2);
        update(client, ScalingPolicy.byEventRate(10, 2, 1));
        assertThat(SegmentIds.current(client, "a")).hasSize(2);
        update(client, ScalingPolicy.byEventRate(10, 2, 3));
        assertThat(SegmentIds.current(client, "a")).hasSize(3);
        update(client, ScalingPolicy.fixed(6));
        assertThat(SegmentIds.current(client, "a")).hasSize(6);
        update(client, ScalingPolicy.fixed(5));
        assertThat(SegmentIds.current(client, "a")).hasSize(5);
        StreamConfiguration configuration =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getStreamConfiguration();
        assertThat(configuration.getScalingPolicy()).isEqualTo(ScalingPolicy.fixed(5));
    }

    @Case("UPD-05")
    void anEqualConfiguration(Client client) {
        client.stream("a", 4);
        update(client, ScalingPolicy.fixed(4));
        assertThat(SegmentIds.current(client, "a")).containsExactly(0L, 1L, 2L, 3L);
    }

    @Case("UPD-06")
    void anAbsentStream(Client client) {
        client.createScope();
        assertThatThrownBy(() -> update(client, ScalingPolicy.fixed(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("UPD-07")
    void aSealedStream(Client client) {
        client.stream("a", 1);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThatThrownBy(() -> update(client, ScalingPolicy.fixed(2)))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Case("UPD-08")
    void nothingIsLostOverAResplit(Client client) throws Exception {
        client.stream("a", 2);
        KeyWriter writer = new KeyWriter(client.writer("a"), 20);
        writer.writeRounds(10);
        update(client, ScalingPolicy.fixed(5));
        writer.writeRounds(10);
        update(client, ScalingPolicy.fixed(3));
        writer.writeRounds(10);
        writer.flush();
        client.checkpointedGroup("g", "a");
        KeyOrder order = new KeyOrder(20);
        order.read(client.reader("r", "g"), 600);
        order.assertComplete(writer);
    }

    @Case("UPD-09")
    void theHeadStaysInEpochZero(Client client) {
        client.stream("a", 2);
        update(client, ScalingPolicy.fixed(3));
        assertThat(client.controller().getSegmentsAtTime(client.named("a"), 0).join())
                .containsOnlyKeys(new Segment(client.scope(), "a", 0), new Segment(client.scope(), "a", 1));
        assertThat(SegmentIds.current(client, "a")).containsExactly(id(2, 1), id(3, 1), id(4, 1));
    }

    private static void update(Client client, ScalingPolicy policy) {
        assertThat(client.streams()
                        .updateStream(
                                client.scope(),
                                "a",
                                StreamConfiguration.builder()
                                        .scalingPolicy(policy)
                                        .build()))
                .isTrue();
    }
}
