/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

/** A walk over the entries of a {@link ByteMap} in ascending order of keys. Ends when its user has seen enough. */
public interface ByteScan extends AutoCloseable {

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
