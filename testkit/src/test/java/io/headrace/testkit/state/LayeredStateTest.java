/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.Callback;
import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.KeyedState;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.NotInMemory;
import io.headrace.engine.state.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract over layers that move down, come back and are half written all the time. */
class LayeredStateTest extends KeyedStateContract {

    @Override
    protected KeyedState empty() {
        return new Shifting(new Random(7));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void whatIsRemovedAboveIsNotSeenBelow() {
        LayeredState state = new LayeredState();
        HeapBase base = new HeapBase();
        state.attach(base);
        ByteMap map = state.map(1);
        map.put(bytes(1), bytes(1));
        map.put(bytes(2), bytes(2));
        base.write(state.freeze());
        state.written();
        map.remove(bytes(1));
        state.freeze();
        assertThat(map.get(bytes(1))).isNull();
        map.put(bytes(1), bytes(3));
        assertThat(map.get(bytes(1))).containsExactly(3);
        state.drop(1);
        assertThat(map.get(bytes(1))).isNull();
        assertThat(map.get(bytes(2))).isNull();
        try (ByteScan scan = map.scan(bytes())) {
            assertThat(scan.next()).isFalse();
        }
    }

    @Test
    void aDroppedMapStaysDroppedWhenItsLayerComesBack() {
        LayeredState state = new LayeredState();
        HeapBase base = new HeapBase();
        state.attach(base);
        ByteMap map = state.map(1);
        map.put(bytes(1), bytes(1));
        base.write(state.freeze());
        state.written();
        map.put(bytes(2), bytes(2));
        state.freeze();
        state.drop(1);
        state.unfreeze();
        assertThat(map.get(bytes(1))).isNull();
        assertThat(map.get(bytes(2))).isNull();
        base.write(state.freeze());
        state.written();
        assertThat(Rows.of(base)).isEqualTo(Rows.of(new HeapBase()));
    }

    @Test
    void oneLayerIsWrittenAtATime() {
        LayeredState state = new LayeredState();
        state.freeze();
        assertThatThrownBy(state::freeze).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void bytesThatChangedAreCounted() {
        LayeredState state = new LayeredState();
        state.map(1).put(bytes(1), new byte[1000]);
        assertThat(state.changedBytes()).isBetween(1000L, 1200L);
        state.map(1).remove(bytes(1));
        state.map(1).put(bytes(2), new byte[10]);
        assertThat(state.changedBytes()).isBetween(20L, 300L);
        state.freeze();
        assertThat(state.changedBytes()).isZero();
        state.map(2).put(bytes(1), new byte[1000]);
        state.unfreeze();
        assertThat(state.changedBytes()).isBetween(1020L, 1500L);
        state.drop(1);
        state.drop(2);
        assertThat(state.changedBytes()).isZero();
    }

    @Test
    void whatWasLoadedIsOfNoUseOnceALayerHasBeenWritten() {
        LayeredState state = new LayeredState();
        var rows = state.missing();
        assertThat(state.isCurrent(rows)).isTrue();
        state.freeze();
        assertThat(state.isCurrent(rows)).isTrue();
        state.written();
        assertThat(state.isCurrent(rows)).isFalse();
    }

    @Test
    void allThatIsMissingIsNamedAtOnce() {
        LayeredState state = new LayeredState();
        state.attach(new ForgetfulBase(new HeapBase(), () -> true, Runnable::run));
        ByteMap map = state.map(1);
        map.put(bytes(2), bytes(2));
        assertThatThrownBy(() -> map.need(List.of(bytes(1), bytes(2), bytes(3)), 8))
                .isInstanceOfSatisfying(NotInMemory.class, missing -> assertThat(missing.reads())
                        .extracting(read -> read.key()[0])
                        .containsExactly((byte) 1, (byte) 3));
    }

    /** Executes each read until nothing is missing any more, and lets layers move before each change. */
    private static final class Shifting implements KeyedState {
        private static final int PAGE = 7;

        private final Random random;
        private final LayeredState state = new LayeredState();
        private final HeapBase rows = new HeapBase();

        Shifting(Random random) {
            this.random = random;
            state.attach(new ForgetfulBase(rows, () -> random.nextInt(10) == 0, Runnable::run));
        }

        private void shift() {
            if (random.nextInt(8) > 0) {
                return;
            }
            if (!state.isFrozen()) {
                state.freeze().forEach((map, key, value) -> {
                    if (random.nextBoolean()) {
                        rows.put(map, key, value);
                    }
                });
            } else if (random.nextBoolean()) {
                state.unfreeze();
            } else {
                rows.write(state.layers().get(0));
                state.written();
            }
        }

        @Override
        public ByteMap map(long number) {
            return new ShiftingMap(state.map(number));
        }

        @Override
        public void drop(long number) {
            shift();
            state.drop(number);
        }

        private final class ShiftingMap implements ByteMap {
            private final ByteMap map;

            ShiftingMap(ByteMap map) {
                this.map = map;
            }

            private <T extends @Nullable Object> T read(Supplier<T> read) {
                var loaded = state.missing();
                while (true) {
                    state.use(loaded);
                    try {
                        return read.get();
                    } catch (NotInMemory missing) {
                        state.base().load(missing.reads(), loaded, Callback.of(r -> {}, e -> {
                            throw new AssertionError(e);
                        }));
                    } finally {
                        state.use(null);
                    }
                }
            }

            @Override
            public byte @Nullable [] get(byte[] key) {
                return read(() -> map.get(key));
            }

            @Override
            public byte @Nullable [] head(byte[] key, int length) {
                return read(() -> map.head(key, length));
            }

            @Override
            public void need(Collection<byte[]> keys, int length) {
                map.need(keys, length);
            }

            @Override
            public void put(byte[] key, byte[] value) {
                shift();
                map.put(key, value);
            }

            @Override
            public void remove(byte[] key) {
                shift();
                map.remove(key);
            }

            /** Walks a few rows at a time, each time in a walk of its own. */
            @Override
            public ByteScan scan(byte[] from) {
                return new ByteScan() {
                    private byte[] next = from;
                    private Iterator<Row> found = Collections.emptyIterator();
                    private @Nullable Row present;

                    @Override
                    public boolean next() {
                        if (!found.hasNext()) {
                            found = read(() -> rows(next)).iterator();
                        }
                        present = found.hasNext() ? found.next() : null;
                        if (present != null) {
                            next = Arrays.copyOf(present.key(), present.key().length + 1);
                        }
                        return present != null;
                    }

                    @Override
                    public byte[] key() {
                        return Objects.requireNonNull(present).key();
                    }

                    @Override
                    public byte[] value() {
                        return Objects.requireNonNull(present).value();
                    }

                    @Override
                    public void close() {}
                };
            }

            private List<Row> rows(byte[] from) {
                List<Row> found = new ArrayList<>();
                try (ByteScan scan = map.scan(from)) {
                    while (found.size() < PAGE && scan.next()) {
                        found.add(new Row(scan.key(), scan.value()));
                    }
                }
                return found;
            }
        }
    }
}
