/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Failures.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.admin.StreamInfo;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.RetentionPolicy;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.impl.StreamSegments;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Streams: creation and information")
class StreamAdminTest {
    @Case("ADM-12")
    void aStreamIsCreatedOnce(Client client) {
        client.stream("a", 2);
        assertThat(client.streams().createStream(client.scope(), "a", Client.fixed(2)))
                .isFalse();
        assertThat(client.streams().createStream(client.scope(), "a", Client.fixed(5)))
                .isFalse();
        StreamInfo info = client.streams().fetchStreamInfo(client.scope(), "a").join();
        assertThat(info.getStreamConfiguration().getScalingPolicy()).isEqualTo(ScalingPolicy.fixed(2));
    }

    @Case("ADM-13")
    void aStreamNeedsItsScope(Client client) {
        assertThatThrownBy(() -> client.streams().createStream(client.scope(), "a", Client.fixed(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Case("ADM-14")
    void illegalNamesAreRefused(Client client) {
        client.createScope();
        for (String name : List.of("_x", "a b", "")) {
            assertThatThrownBy(() -> client.streams().createStream(client.scope(), name, Client.fixed(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Case("ADM-15")
    void existence(Client client) {
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();
        assertThat(client.streams().checkStreamExists(client.scope(), "a")).isFalse();
        client.stream("a", 1);
        assertThat(client.streams().checkScopeExists(client.scope())).isTrue();
        assertThat(client.streams().checkStreamExists(client.scope(), "a")).isTrue();
        assertThat(client.streams().checkStreamExists(client.scope(), "b")).isFalse();
    }

    @Case("ADM-16")
    void information(Client client) {
        client.createScope();
        StreamConfiguration configuration = StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.byEventRate(100, 2, 3))
                .retentionPolicy(RetentionPolicy.bySizeBytes(1 << 30))
                .tag("t1")
                .tag("t2")
                .build();
        assertThat(client.streams().createStream(client.scope(), "a", configuration))
                .isTrue();
        client.write("a", Client.sized("", 40));
        StreamInfo info = client.streams().fetchStreamInfo(client.scope(), "a").join();
        assertThat(info.getScope()).isEqualTo(client.scope());
        assertThat(info.getStreamName()).isEqualTo("a");
        assertThat(info.getStreamConfiguration()).isEqualTo(configuration);
        assertThat(info.isSealed()).isFalse();
        assertThat(info.getHeadStreamCut().asImpl().getPositions()).hasSize(3).allSatisfy((segment, offset) -> {
            assertThat(offset).isZero();
        });
        assertThat(info.getTailStreamCut().asImpl().getPositions().values()).containsExactlyInAnyOrder(0L, 0L, 40L);
    }

    @Case("ADM-17")
    void informationOnAnAbsentStream(Client client) {
        client.createScope();
        assertStatus(
                Status.Code.NOT_FOUND,
                () -> client.streams().fetchStreamInfo(client.scope(), "a").join());
    }

    @Case("ADM-18")
    void informationOnASealedStream(Client client) {
        client.stream("a", 2);
        client.write("a", "1");
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        StreamInfo info = client.streams().fetchStreamInfo(client.scope(), "a").join();
        assertThat(info.isSealed()).isTrue();
        assertThat(info.getTailStreamCut().asImpl().getPositions()).isEmpty();
        assertThat(info.getHeadStreamCut().asImpl().getPositions()).hasSize(2);
    }

    @Case("ADM-19")
    void segmentsCoverTheKeySpaceEvenly(Client client) {
        for (int n : new int[] {1, 2, 3, 7, 16}) {
            client.stream("s" + n, n);
            StreamSegments segments = client.controller()
                    .getCurrentSegments(client.scope(), "s" + n)
                    .join();
            assertThat(segments.getSegments()).hasSize(n);
            List<Segment> byKey = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                Segment low = segments.getSegmentForKey((double) i / n + 1e-9);
                assertThat(segments.getSegmentForKey((i + 1.0) / n - 1e-9)).isEqualTo(low);
                byKey.add(low);
            }
            assertThat(byKey).doesNotHaveDuplicates().hasSize(n);
        }
    }

    @Case("ADM-20")
    void streamsCreatedInParallel(Client client) throws Exception {
        client.createScope();
        List<Future<Boolean>> creations = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String name = "p" + i;
            creations.add(
                    client.inBackground(() -> client.streams().createStream(client.scope(), name, Client.fixed(2))));
        }
        for (Future<Boolean> creation : creations) {
            assertThat(creation.get()).isTrue();
        }
        for (int i = 0; i < 24; i++) {
            client.write("p" + i, "e" + i);
        }
        assertThat(client.readAll(1, "p7")).containsExactly("e7");
        assertThat(client.readAll(1, "p23")).containsExactly("e23");
    }
}
