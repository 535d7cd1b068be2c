/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state in up to three layers, newest first: the changes since the last checkpoint was begun; the changes that the
 * running one writes; and the {@link StateBase} with all that is older. Changes go into the newest layer without a look
 * at what was there, so applying a record never needs a row that is not in memory. Reads go down, and end in {@link
 * NotInMemory} where the base would have to wait.
 */
public final class LayeredState implements KeyedState {
    private StateBase base = StateBase.EMPTY;
    private Layer newest = new Layer();
    private @Nullable Layer frozen;

    /** For the command that is being executed. */
    private @Nullable LoadedRows loaded;

    /** Grows whenever rows may be read from the base that were hidden from it before. */
    private long generation;

    /** Puts a base under a state that has none. */
    public void attach(StateBase under) {
        base = under;
    }

    @Override
    public ByteMap map(long number) {
        return new LayeredMap(number);
    }

    @Override
    public void drop(long number) {
        newest.drop(number);
    }

    /** Sets or removes one row. */
    public void put(long map, byte[] key, byte @Nullable [] value) {
        newest.put(map, key, value == null ? Layer.REMOVED : value);
    }

    /** About how much heap the changes take that are not being written, in bytes. */
    public long changedBytes() {
        return newest.bytes();
    }

    /** Whether a frozen layer has been neither written nor taken back. */
    public boolean isFrozen() {
        return frozen != null;
    }

    /**
     * Ends the newest layer, whose changes are then to be written into the base: {@link #written} or {@link #unfreeze}
     * says how that ended.
     */
    public Layer freeze() {
        if (frozen != null) {
            throw new IllegalStateException("the layer before has not been written yet");
        }
        Layer layer = newest;
        frozen = layer;
        newest = new Layer();
        return layer;
    }

    /** The base has all of the frozen layer. */
    public void written() {
        frozen = null;
        generation++;
    }

    /** The base has perhaps a part of the frozen layer: its changes are new ones again. */
    public void unfreeze() {
        Layer layer = frozen;
        if (layer != null) {
            layer.add(newest);
            newest = layer;
            frozen = null;
        }
    }

    /** A container for what a command has missed. */
    public LoadedRows missing() {
        return new LoadedRows(generation);
    }

    /** Gives the command that is executed now what was loaded for it; null when its execution has ended. */
    public void use(@Nullable LoadedRows rows) {
        loaded = rows != null && isCurrent(rows) ? rows : null;
    }

    /** Whether no layer has been written into the base since these rows were asked for. */
    public boolean isCurrent(LoadedRows rows) {
        return rows.generation() == generation;
    }

    /** What lies below the layers. */
    public StateBase base() {
        return base;
    }

    /** The layers that lie above the base, oldest first; for checkers. */
    public List<Layer> layers() {
        Layer below = frozen;
        return below == null ? List.of(newest) : List.of(below, newest);
    }

    private byte @Nullable [] baseHead(long map, byte[] key, int length) {
        LoadedRows rows = loaded;
        LoadedRows.Found found = rows == null ? null : rows.find(map, key, length);
        return found == null ? base.head(map, key, length) : found.head();
    }

    private ByteScan baseScan(long map, byte[] from) {
        LoadedRows rows = loaded;
        LoadedRows.Part part = rows == null ? null : rows.find(map, from);
        return part == null ? base.scan(map, from) : new LoadedScan(part);
    }

    private final class LayeredMap implements ByteMap {
        private final long number;

        LayeredMap(long number) {
            this.number = number;
        }

        @Override
        public byte @Nullable [] get(byte[] key) {
            return head(key, Integer.MAX_VALUE);
        }

        @Override
        public byte @Nullable [] head(byte[] key, int length) {
            byte[] changed = changed(newest, key);
            Layer below = frozen;
            if (changed == null && below != null && !newest.hasDropped(number)) {
                changed = changed(below, key);
            }
            if (changed != null) {
                return changed == Layer.REMOVED ? null : changed;
            }
            return isBaseHidden() ? null : baseHead(number, key, length);
        }

        private byte @Nullable [] changed(Layer layer, byte[] key) {
            NavigableMap<byte[], byte[]> rows = layer.rows(number);
            return rows == null ? null : rows.get(key);
        }

        private boolean isBaseHidden() {
            Layer below = frozen;
            return newest.hasDropped(number) || (below != null && below.hasDropped(number));
        }

        @Override
        public void need(Collection<byte[]> keys, int length) {
            List<RowRead> missing = new ArrayList<>();
            for (byte[] key : keys) {
                try {
                    head(key, length);
                } catch (NotInMemory e) {
                    missing.addAll(e.reads());
                }
            }
            if (!missing.isEmpty()) {
                throw new NotInMemory(missing);
            }
        }

        @Override
        public void put(byte[] key, byte[] value) {
            LayeredState.this.put(number, key, value);
        }

        @Override
        public void remove(byte[] key) {
            LayeredState.this.put(number, key, null);
        }

        @Override
        public ByteScan scan(byte[] from) {
            List<ByteScan> sources = new ArrayList<>(3);
            sources.add(LayerScan.of(newest.rows(number), from));
            Layer below = frozen;
            if (below != null && !newest.hasDropped(number)) {
                sources.add(LayerScan.of(below.rows(number), from));
            }
            if (!isBaseHidden()) {
                sources.add(baseScan(number, from));
            }
            return new MergedScan(sources);
        }
    }

    /** Goes through rows that were loaded, then on in the base. */
    private final class LoadedScan implements ByteScan {
        private final LoadedRows.Part part;
        private int index = -1;
        private @Nullable ByteScan rest;

        LoadedScan(LoadedRows.Part part) {
            this.part = part;
        }

        @Override
        public boolean next() {
            ByteScan behind = rest;
            if (behind != null) {
                return behind.next();
            }
            index++;
            if (index < part.rows().size()) {
                return true;
            }
            byte[] from = part.next();
            if (from == null) {
                return false;
            }
            behind = baseScan(part.map(), from);
            rest = behind;
            return behind.next();
        }

        @Override
        public byte[] key() {
            ByteScan behind = rest;
            return behind == null ? part.rows().get(index).key() : behind.key();
        }

        @Override
        public byte[] value() {
            ByteScan behind = rest;
            return behind == null ? part.rows().get(index).value() : behind.value();
        }

        @Override
        public void close() {
            if (rest != null) {
                rest.close();
            }
        }
    }
}
