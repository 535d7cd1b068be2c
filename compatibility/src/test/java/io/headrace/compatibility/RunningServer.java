/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.net.URI;

/** A server that somebody else runs; tests that end or restart it are left out. */
record RunningServer(URI controller) implements Server {
    @Override
    public boolean alive() {
        return true;
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException("Not ours to end: " + controller);
    }

    @Override
    public void restart() {
        throw new UnsupportedOperationException("Not ours to restart: " + controller);
    }

    @Override
    public void close() {
        // It goes on.
    }

    @Override
    public boolean durable() {
        return false;
    }
}
