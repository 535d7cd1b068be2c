/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentNameTest {
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final String DIGITS = "00112233445566778899aabbccddeeff";

    @ParameterizedTest
    @CsvSource({
        "s/t/3.#epoch.5, s, t, 3, 5",
        "t/3.#epoch.5, '', t, 3, 5",
        "s/t/3, s, t, 3, 0",
        "_system/_requeststream/0.#epoch.0, _system, _requeststream, 0, 0",
        "scope/kvt_kvtable/2147483647.#epoch.2147483647, scope, kvt_kvtable, 2147483647, 2147483647",
        "s/t/3.#epoch.5#transaction.00112233445566778899aabbccddeeff, s, t, 3, 5",
        "s/t/3.#epoch.5#transient.00112233445566778899aabbccddeeff.00112233445566778899aabbccddeeff, s, t, 3, 5",
    })
    void readsNamesOfStreamSegments(String qualified, String scope, String stream, int number, int epoch) {
        assertThat(SegmentName.parse(qualified)).contains(new SegmentName(scope, stream, number, epoch));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "3",
                "/3",
                "//3",
                "s//3",
                "/t/3",
                "s/t/",
                "s/t/x",
                "s/t/-1",
                "s/t/2147483648",
                "s/t/3.#epoch.",
                "s/t/3.#epoch.x",
                "s/t/3.#epoch.-1",
                "s/t/99999999999999999999",
                "a/s/t/3",
                "s/t/3.#epoch.1/x",
                "_system/_tables/deletedStreams"
            })
    void refusesOtherNames(String name) {
        assertThat(SegmentName.parse(name)).isEmpty();
    }

    @Test
    void writesWhatItReads() {
        SegmentName name = new SegmentName("s", "t", 3, 5);
        assertThat(name.qualified()).isEqualTo("s/t/3.#epoch.5").isEqualTo(name.toString());
        assertThat(name.scopedStream()).isEqualTo("s/t");
        assertThat(new SegmentName("", "t", 3, 5).qualified()).isEqualTo("t/3.#epoch.5");
        assertThatThrownBy(() -> new SegmentName("s", "t", -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void packsNumberAndEpochIntoAnId() {
        SegmentName name = new SegmentName("s", "t", 3, 5);
        assertThat(name.id()).isEqualTo(21474836483L);
        assertThat(SegmentName.of("s", "t", name.id())).isEqualTo(name);
        assertThat(SegmentName.id(Integer.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(0x7fffffff7fffffffL);
    }

    @Test
    void namesTransactionAndTransientSegments() {
        String parent = "s/t/3.#epoch.5";
        String transaction = SegmentName.transactionSegment(parent, ID);
        String tranzient = SegmentName.transientSegment(parent, ID, new UUID(0, 1));

        assertThat(transaction).isEqualTo(parent + "#transaction." + DIGITS);
        assertThat(tranzient).isEqualTo(parent + "#transient." + DIGITS + ".00000000000000000000000000000001");
        assertThat(SegmentName.isTransactionSegment(transaction)).isTrue();
        assertThat(SegmentName.isTransientSegment(transaction)).isFalse();
        assertThat(SegmentName.isTransientSegment(tranzient)).isTrue();
        assertThat(SegmentName.parent(transaction)).contains(parent);
        assertThat(SegmentName.parent(tranzient)).contains(parent);
        assertThat(SegmentName.parent(parent)).isEmpty();
        assertThat(SegmentName.parent(parent + "#transaction.0011")).isEmpty();
    }

    @Test
    void putsAllThatCanBeMergedIntoOneSlot() {
        String transaction = SegmentName.transactionSegment("s/t/3.#epoch.7", ID);
        String large = SegmentName.transientSegment(transaction, ID, ID);
        assertThat(SegmentName.slotName(large)).isEqualTo("s/t/3");
        assertThat(SegmentName.slotName("_system/_tables/x")).isEqualTo("_system/_tables/x");
        assertThat(Slots.of(transaction))
                .isEqualTo(Slots.of("s/t/3.#epoch.5"))
                .isEqualTo(Slots.of("s/t/3"))
                .isEqualTo(Slots.of(large));
    }

    @Test
    void usesEverySlot() {
        BitSet used = new BitSet();
        for (int i = 0; i < 20_000; i++) {
            used.set(Slots.of("scope/stream/" + i + ".#epoch.0"));
        }
        assertThat(used.cardinality()).isEqualTo(Slots.COUNT);
        assertThat(used.length()).isEqualTo(Slots.COUNT);
    }

    @Test
    void neverMovesASlot() {
        assertThat(Slots.of("scope/stream/0.#epoch.0")).isEqualTo(309);
        assertThat(Slots.of("_system/_requeststream/0.#epoch.0")).isEqualTo(48);
        assertThat(Slots.ofScope("scope")).isEqualTo(21);
    }

    @Test
    void knowsWhichNamesUsersMayGive() {
        assertThat(Names.isUserName("a.B-9")).isTrue();
        assertThat(Names.isUserName("a".repeat(250))).isTrue();
        assertThat(Names.isUserName("a".repeat(251))).isFalse();
        for (String bad : new String[] {"", "_a", "a b", "a_b", "a/b", "é", "a#"}) {
            assertThat(Names.isUserName(bad)).as(bad).isFalse();
        }
        assertThat(Names.isScopeName("_abc")).isTrue();
        assertThat(Names.isScopeName("_")).isFalse();
        assertThat(Names.isScopeName("a_b")).isFalse();
        assertThat(Names.isScopeName("a".repeat(255))).isTrue();
        assertThat(Names.isScopeName("a".repeat(256))).isFalse();
    }

    @Test
    void knowsInternalNames() {
        String mark = Names.markStream(Names.readerGroupStream("g"));
        assertThat(mark).isEqualTo("_MARK_RGg");
        assertThat(Names.isInternalName(mark)).isTrue();
        assertThat(Names.isStreamName(mark)).isTrue();
        assertThat(Names.isMarkStream(mark)).isTrue();
        assertThat(Names.isReaderGroupStream("_RGg")).isTrue();
        assertThat(Names.isInternalName("_requeststream")).isTrue();
        assertThat(Names.isInternalName("_a_b")).isFalse();
        assertThat(Names.isInternalName("a")).isFalse();
        assertThat(Names.isInternalName("_" + "a".repeat(255))).isFalse();
        assertThat(Names.tableStream("kvt")).isEqualTo("kvt_kvtable");
    }
}
