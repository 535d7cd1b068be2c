/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headrace.server.settings.Settings;
import io.headrace.server.settings.SettingsException;
import io.headrace.verticles.net.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ExposureTest {

    @Test
    void loopbackNeedsNoPermission() {
        assertThat(exposure(Map.of())).isEqualTo(new Exposure("127.0.0.1", "127.0.0.1", Map.of()));
        assertThat(exposure(Map.of("host", "127.0.0.7"))).isEqualTo(new Exposure("127.0.0.7", "127.0.0.7", Map.of()));
    }

    @Test
    void anyOtherAddressHasToBeOpenedExplicitly() {
        refused(Map.of("host", "192.0.2.1"), "--security open");
        refused(Map.of("host", "0.0.0.0", "advertised-host", "example.org"), "--security open");
        assertThat(exposure(Map.of("host", "192.0.2.1", "security", "open")))
                .isEqualTo(new Exposure("192.0.2.1", "192.0.2.1", Map.of()));
    }

    @Test
    void allAddressesNeedOneThatClientsCanUse() {
        refused(Map.of("host", "0.0.0.0", "security", "open"), "--advertised-host");
        assertThat(exposure(Map.of("host", "0.0.0.0", "security", "open", "advertised-host", "node1.example.org")))
                .isEqualTo(new Exposure("0.0.0.0", "node1.example.org", Map.of()));
    }

    @Test
    void aListenerCanHaveAnAddressOfItsOwn() {
        Exposure exposure = exposure(Map.of("advertised-host", "a.test", "advertised-store", "[::1]:7000"));
        assertThat(exposure.of(Settings.ADVERTISED_STORE, 12345)).isEqualTo(new Endpoint("::1", 7000));
        assertThat(exposure.of(Settings.ADVERTISED_BUS, 5702)).isEqualTo(new Endpoint("a.test", 5702));
        for (String bad : List.of("a.test", "a.test:0", ":7", "a.test:x")) {
            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(() -> exposure(Map.of("advertised-bus", bad)))
                    .withMessageContaining("a host and a port from 1 to 65535");
        }
    }

    @Test
    void addressesAreWrittenSoThatTheyCanBeReadBack() {
        assertThat(Addresses.of("10.0.0.1", 9090)).isEqualTo("10.0.0.1:9090");
        assertThat(Addresses.of("::1", 9090)).isEqualTo("[::1]:9090");
        assertThat(new Addresses("a:1", "b:2", "c:3").toJson())
                .isEqualTo("{\"controller\":\"a:1\",\"store\":\"b:2\",\"http\":\"c:3\"}");
    }

    private static Exposure exposure(Map<String, String> options) {
        return Exposure.of(Settings.resolve(options, Map.of(), null));
    }

    private static void refused(Map<String, String> options, String message) {
        assertThatExceptionOfType(StartException.class)
                .isThrownBy(() -> exposure(options))
                .withMessageContaining(message);
    }
}
