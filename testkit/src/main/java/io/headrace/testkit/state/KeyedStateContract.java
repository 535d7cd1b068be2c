/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.KeyedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store under any {@link KeyedState} must do. */
public abstract class KeyedStateContract {
    private KeyedState state;
    private ByteMap map;

    /** A state without any map; called before each test. */
    protected abstract KeyedState empty();

    @BeforeEach
    final void begin() {
        state = empty();
        map = state.map(7);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static List<String> scan(ByteMap map, String from) {
        List<String> found = new ArrayList<>();
        try (ByteScan scan = map.scan(bytes(from))) {
            while (scan.next()) {
                found.add(HexFormat.of().formatHex(scan.key()) + "="
                        + HexFormat.of().formatHex(scan.value()));
            }
            assertThat(scan.next()).isFalse();
        }
        return found;
    }

    @Test
    void whatIsPutIsThere() {
        assertThat(map.get(bytes("01"))).isNull();
        map.put(bytes("01"), bytes("aa"));
        map.put(bytes("02"), bytes(""));
        map.put(bytes("01"), bytes("bb"));
        assertThat(map.get(bytes("01"))).isEqualTo(bytes("bb"));
        assertThat(map.get(bytes("02"))).isEmpty();
        map.remove(bytes("01"));
        map.remove(bytes("03"));
        assertThat(map.get(bytes("01"))).isNull();
        assertThat(map.get(bytes("02"))).isEmpty();
    }

    @Test
    void aWalkIsInTheOrderOfUnsignedBytes() {
        for (String key : List.of("80", "7f", "ff", "00", "7f00", "ff00", "80ff", "7fff")) {
            map.put(bytes(key), bytes("aa"));
        }
        assertThat(scan(map, ""))
                .containsExactly("00=aa", "7f=aa", "7f00=aa", "7fff=aa", "80=aa", "80ff=aa", "ff=aa", "ff00=aa");
        assertThat(scan(map, "7f00")).startsWith("7f00=aa").hasSize(6);
        assertThat(scan(map, "7f01")).startsWith("7fff=aa").hasSize(5);
        assertThat(scan(map, "ff01")).isEmpty();
    }

    @Test
    void aWalkMayEndEarly() {
        map.put(bytes("01"), bytes("aa"));
        map.put(bytes("02"), bytes("bb"));
        try (ByteScan scan = map.scan(bytes(""))) {
            assertThat(scan.next()).isTrue();
        }
        map.put(bytes("03"), bytes("cc"));
        assertThat(scan(map, "02")).containsExactly("02=bb", "03=cc");
    }

    @Test
    void mapsAreApart() {
        ByteMap other = state.map(8);
        ByteMap far = state.map(Long.MAX_VALUE);
        map.put(bytes("01"), bytes("aa"));
        other.put(bytes("01"), bytes("bb"));
        far.put(bytes("00"), bytes("cc"));
        assertThat(scan(map, "")).containsExactly("01=aa");
        assertThat(scan(other, "")).containsExactly("01=bb");
        other.remove(bytes("01"));
        assertThat(state.map(7).get(bytes("01"))).isEqualTo(bytes("aa"));
        state.drop(7);
        state.drop(9);
        assertThat(scan(far, "")).containsExactly("00=cc");
    }

    @Test
    void doesWhatATreeDoes() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            ByteMap tested = state.map(100 + seed);
            TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
            for (int step = 0; step < 2000; step++) {
                byte[] key = new byte[random.nextInt(4)];
                random.nextBytes(key);
                switch (random.nextInt(5)) {
                    case 0 -> {
                        tested.remove(key);
                        model.remove(key);
                    }
                    case 1 -> assertSame(tested, model, key, random.nextInt(20));
                    default -> {
                        byte[] value = new byte[random.nextInt(9)];
                        random.nextBytes(value);
                        tested.put(key, value);
                        model.put(key, value);
                    }
                }
                assertThat(tested.get(key)).isEqualTo(model.get(key));
            }
            assertSame(tested, model, new byte[0], Integer.MAX_VALUE);
        }
    }

    private static void assertSame(ByteMap tested, NavigableMap<byte[], byte[]> model, byte[] from, int most) {
        try (ByteScan scan = tested.scan(from)) {
            int steps = 0;
            for (Map.Entry<byte[], byte[]> expected : model.tailMap(from, true).entrySet()) {
                if (steps++ == most) {
                    return;
                }
                assertThat(scan.next()).isTrue();
                assertThat(scan.key()).isEqualTo(expected.getKey());
                assertThat(scan.value()).isEqualTo(expected.getValue());
            }
            assertThat(scan.next()).isFalse();
        }
    }
}
