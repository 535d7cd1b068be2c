/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.SegmentIds.cut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.ClientConfig;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.StreamCut;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Checks that the client makes itself")
class ClientCheckTest {
    @Case("CLI-01")
    void aGroupNeedsAStream() {
        assertThatThrownBy(() -> ReaderGroupConfig.builder().build()).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("CLI-02")
    void cutsBelongAndAreInOrder(Client client) {
        StreamCut ofAnother = cut(client, "b", Map.of(0L, 0L));
        assertThatThrownBy(() -> ReaderGroupConfig.builder().stream(client.named("a"), ofAnother)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        StreamCut later = cut(client, "a", Map.of(0L, 60L));
        StreamCut earlier = cut(client, "a", Map.of(0L, 30L));
        assertThatThrownBy(() -> ReaderGroupConfig.builder().stream(client.named("a"), later, earlier)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Case("CLI-03")
    void scalingPolicies() {
        assertThatThrownBy(() -> ScalingPolicy.fixed(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ScalingPolicy.byEventRate(0, 2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ScalingPolicy.byDataRate(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("CLI-04")
    void tagsAreBounded() {
        List<String> many = IntStream.range(0, 128).mapToObj(i -> "t" + i).toList();
        assertThatThrownBy(() -> StreamConfiguration.builder().tags(many).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> StreamConfiguration.builder().tag("x".repeat(256)).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Case("CLI-05")
    void schemesOfTheAddress() {
        assertThatThrownBy(() -> ClientConfig.builder()
                        .controllerURI(URI.create("http://localhost:9090"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Case("CLI-06")
    void configurationsThatDifferInTags(Client client) {
        StreamConfiguration plain = Client.fixed(1);
        StreamConfiguration tagged = plain.toBuilder().tag("t").build();
        assertThat(StreamConfiguration.isTagOnlyChange(plain, tagged)).isTrue();
        assertThat(StreamConfiguration.isTagOnlyChange(plain, Client.fixed(2))).isFalse();
        client.createScope();
        assertThat(client.streams().createStream(client.scope(), "a", plain)).isTrue();
        assertThat(client.streams().updateStream(client.scope(), "a", tagged)).isTrue();
        assertThat(SegmentIds.current(client, "a")).containsExactly(0L);
        assertThat(client.streams().getStreamTags(client.scope(), "a")).containsExactly("t");
    }
}
