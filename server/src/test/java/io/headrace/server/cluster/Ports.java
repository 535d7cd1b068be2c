/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that stay free while a process is down. The system gives ports to connections from 32768 on; these are below, so that
 * none is taken before it is used again.
 */
final class Ports {
    private static final int FIRST = 12_000;
    private static final int END = 32_000;

    private int next = ThreadLocalRandom.current().nextInt(FIRST, END);

    /** A port that nobody uses, another one each time. */
    int next() {
        for (int tried = FIRST; tried < END; tried++) {
            next = next + 1 < END ? next + 1 : FIRST;
            if (isFree(next)) {
                return next;
            }
        }
        throw new IllegalStateException("there is no free port");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
