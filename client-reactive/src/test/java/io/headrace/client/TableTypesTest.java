/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTypesTest {

    @Test
    void versionsAreTexts() {
        TableVersion version = new TableVersion(3, 4096);
        assertThat(version).hasToString("3:4096");
        assertThat(TableVersion.parse("3:4096")).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3:", ":3", "-1:3", "3:-1", "3:4:5"})
    void whatIsNoVersionIsRefused(String text) {
        assertThatThrownBy(() -> TableVersion.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settingsAreChecked() {
        assertRefused(0, 1, 1);
        assertRefused(1, 0, 1);
        assertRefused(1, 1, -1);
        assertRefused(1, 200, 57);
        assertThat(TableConfiguration.of(1, 200, 56).rolloverBytes()).isZero();
    }

    private static void assertRefused(int partitions, int primary, int secondary) {
        assertThatThrownBy(() -> TableConfiguration.of(partitions, primary, secondary))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesAreChecked() {
        assertThat(TableName.of("scope/table")).isEqualTo(new TableName("scope", "table"));
        assertThatThrownBy(() -> new TableName("scope", "_table")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TableName.of("table")).isInstanceOf(IllegalArgumentException.class);
    }
}
