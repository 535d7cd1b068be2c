/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between clients and the store face, at the same port of another loopback address, and cuts all connections at once
 * after each so many bytes, wherever that is in a command. What was on its way in either direction is lost.
 */
final class CuttingProxy implements AutoCloseable {
    /** Where clients are sent; what is bound to 127.0.0.1 does not take this. */
    static final String HOST = "127.0.0.2";

    private static final int PIECE_BYTES = 16 << 10;

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    // Guarded by this object.
    private final Random random = new Random(7);
    private int minBytes;
    private int cutsLeft;
    private int bytesLeft;

    private CuttingProxy(ServerSocket listening) {
        this.listening = listening;
    }

    static CuttingProxy before(int port) {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(HOST, port));
            CuttingProxy proxy = new CuttingProxy(listening);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cuts so many times from now on, each time after so many bytes in both directions, or up to twice as many. */
    synchronized void cut(int times, int afterBytes) {
        cutsLeft = times;
        minBytes = afterBytes;
        bytesLeft = next();
    }

    synchronized int cutsLeft() {
        return cutsLeft;
    }

    private int next() {
        return minBytes + random.nextInt(minBytes);
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
                open.add(client);
                open.add(server);
                threads.execute(() -> copy(client, server));
                threads.execute(() -> copy(server, client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                int passed = take(read);
                out.write(piece, 0, passed);
                if (passed < read) {
                    cutAll();
                }
            }
        } catch (IOException e) {
            // Cut, or closed by the other side.
        }
        abort(from);
        abort(to);
    }

    /** How many of these bytes may pass; fewer than all if it is time to cut. */
    private synchronized int take(int bytes) {
        if (cutsLeft == 0) {
            return bytes;
        }
        bytesLeft -= bytes;
        if (bytesLeft >= 0) {
            return bytes;
        }
        int passed = bytes + bytesLeft;
        cutsLeft--;
        bytesLeft = next();
        return passed;
    }

    private void cutAll() {
        List<Socket> all;
        synchronized (open) {
            all = List.copyOf(open);
            open.clear();
        }
        all.forEach(CuttingProxy::abort);
    }

    /** Closes so that neither side gets what was not delivered. */
    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It was closed.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cutAll();
        threads.shutdownNow();
    }
}
