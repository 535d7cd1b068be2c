/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SegmentRangeTest {

    @Test
    void rangesAreTexts() {
        SegmentRange range = new SegmentRange(StreamName.of("scope/stream"), (2L << 32) + 3, 10, 4096);
        assertThat(range).hasToString("scope/stream/3.#epoch.2:10-4096");
        assertThat(SegmentRange.parse(range.toString())).isEqualTo(range);
        assertThat(range.length()).isEqualTo(4086);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "scope/stream/3.#epoch.2", "scope/stream/3.#epoch.2:10", "scope/stream/0:5-4", "x:1-2"})
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> SegmentRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
