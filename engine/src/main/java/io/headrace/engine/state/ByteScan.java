/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

/** A walk over the entries of a {@link ByteMap} in ascending order of keys. Ends when its user has seen enough. */
public interface ByteScan extends AutoCloseable {

    /** A walk that is at its end. */
    ByteScan EMPTY = new ByteScan() {
        @Override
        public boolean next() {
            return false;
        }

        @Override
        public byte[] key() {
            throw new IllegalStateException("the walk stands on no entry");
        }

        @Override
        public byte[] value() {
            throw new IllegalStateException("the walk stands on no entry");
        }

        @Override
        public void close() {}
    };

    /** Steps to the next entry, at first to the first one; false if there is none. */
    boolean next();

    /** Key of the present entry. */
    byte[] key();

    /** Value of the present entry. */
    byte[] value();

    /** Lets go of what the walk holds. */
    @Override
    void close();
}
