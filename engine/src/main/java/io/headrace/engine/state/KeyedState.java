/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

/**
 * Ordered maps of one partition, told apart by number. A number is the prefix of the map's keys wherever they are kept
 * together.
 */
public interface KeyedState {

    /** The map of this number; empty if nothing was ever put into it. The same map as long as it is not dropped. */
    ByteMap map(long number);

    /** Forgets a map with all that is in it, at a cost that does not depend on how much that is. Its number is not used again. */
    void drop(long number);
}
