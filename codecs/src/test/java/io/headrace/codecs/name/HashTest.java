/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashTest {

    @ParameterizedTest
    @CsvSource({
        "'', 0.24117842791623523",
        "key1, 0.6927653144825257",
        "a, 0.9433912753816884",
        "b, 0.9001868759411593",
        "key, 0.8449093464660018",
        "routingKey, 0.9115813645916913",
        "0, 0.8056356837424186",
        "1, 0.36758584297933905",
        "hello world, 0.42628017229426707",
        "user-42, 0.6534932507729343",
        "éß漢, 0.4660782136612054",
        "The quick brown fox, 0.647464916746745",
        "00000000-0000-0000-0000-000000000000, 0.6373120337958382",
    })
    void placesRoutingKeysWhereClientsExpectThem(String key, double position) {
        assertThat(RoutingKeyHash.position(key)).isEqualTo(position);
    }

    @ParameterizedTest
    @CsvSource({
        "k1, 0.7834224957676084",
        "abcd, 0.3196015036346609",
        "a, 0.6272098046731807",
        "key1, 0.011579266115581355",
        "0123456789abcdef, 0.3339020757249709",
    })
    void placesTableKeysWhereClientsExpectThem(String key, double position) {
        assertThat(RoutingKeyHash.tableKeyPosition(key.getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(position);
    }

    @Test
    void placesBinaryTableKeys() {
        assertThat(RoutingKeyHash.tableKeyPosition(new byte[8])).isEqualTo(0.12010082057125637);
        assertThat(RoutingKeyHash.tableKeyPosition(new byte[] {0, 0, 0, 1})).isEqualTo(0.7869216576677149);
    }

    @Test
    void derivesTheMarkOfARevisionedStream() {
        assertThat(RoutingKeyHash.attributeId("RevisionStreamClientMark"))
                .hasToString("7df9a874-246c-c9d6-9397-cdd19ead68c5");
    }

    @ParameterizedTest
    @CsvSource({
        "scope/stream/0, 2f24fa0e019c1719",
        "scope/stream/1, a12f5ecf132a70ca",
        "_system/_tables/completedTransactionsBatches, 85ff235a0a9a3f73",
        "scope/kvt_kvtable/0, 4548efa066646da0",
        "a, d13f806d03c92638",
    })
    void hashesStringsOfAnyLength(String text, String expected) {
        long hash = Murmur3.hash(text, "SegmentToContainerMapper".hashCode()).first();
        assertThat(Long.toHexString(hash)).isEqualTo(expected);
    }
}
