/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.Arrays;
import java.util.List;

/** One walk over several layers: where more than one has a key, the newest counts, and removed keys are left out. */
final class MergedScan implements ByteScan {
    /** Newest first. Those that may miss a row come last, which matters for nothing but the order of steps. */
    private final List<ByteScan> sources;

    private final boolean[] ended;
    private final boolean[] behind;
    private int present = -1;

    MergedScan(List<ByteScan> sources) {
        this.sources = sources;
        this.ended = new boolean[sources.size()];
        this.behind = new boolean[sources.size()];
        Arrays.fill(behind, true);
    }

    @Override
    public boolean next() {
        do {
            present = -1;
            catchUp();
            for (int i = 0; i < ended.length; i++) {
                if (!ended[i]) {
                    int order = present < 0 ? -1 : Arrays.compareUnsigned(key(i), key(present));
                    if (order < 0) {
                        present = i;
                    }
                }
            }
            if (present < 0) {
                return false;
            }
            markBehind();
        } while (value() == Layer.REMOVED);
        return true;
    }

    private void catchUp() {
        for (int i = 0; i < ended.length; i++) {
            if (behind[i]) {
                ended[i] = !sources.get(i).next();
                behind[i] = false;
            }
        }
    }

    /** All that stand on the present key go on with the next step. */
    private void markBehind() {
        byte[] key = key(present);
        for (int i = present; i < ended.length; i++) {
            behind[i] = !ended[i] && (i == present || Arrays.equals(key(i), key));
        }
    }

    private byte[] key(int source) {
        return sources.get(source).key();
    }

    @Override
    public byte[] key() {
        return key(present);
    }

    @Override
    public byte[] value() {
        return sources.get(present).value();
    }

    @Override
    public void close() {
        sources.forEach(ByteScan::close);
    }
}
