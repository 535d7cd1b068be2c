/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Stands before a ZooKeeper server and, when told to, cuts a connection instead of passing on a write or its answer. */
final class LossyProxy implements AutoCloseable {
    /** ZooKeeper's numbers of the requests that are lost, as an operator's other requests must get through. */
    private static final int CREATE = 1;

    private static final int SET_DATA = 5;

    enum Loss {
        NOTHING,
        /** The connection breaks before the server sees the request. */
        REQUEST,
        /** The connection breaks after the server has executed the request. */
        ANSWER
    }

    private final String host;
    private final int port;
    private final ServerSocket listening;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Loss> next = new AtomicReference<>(Loss.NOTHING);
    private final AtomicInteger losses = new AtomicInteger();

    private LossyProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Starts listening on a free port. */
    static LossyProxy to(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        LossyProxy proxy = new LossyProxy(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        proxy.run(proxy::accept);
        return proxy;
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** What is to be lost of the next write that comes. */
    void lose(Loss loss) {
        next.set(loss);
    }

    /** How many connections were cut. */
    int losses() {
        return losses.get();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(host, port);
            sockets.add(client);
            sockets.add(server);
            AtomicInteger lostAnswer = new AtomicInteger(Integer.MIN_VALUE);
            run(() -> passRequests(client, server, lostAnswer));
            run(() -> passAnswers(client, server, lostAnswer));
        }
    }

    private void passRequests(Socket client, Socket server, AtomicInteger lostAnswer) throws IOException {
        try (client;
                server) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(server.getOutputStream());
            boolean connected = false;
            while (true) {
                byte[] packet = read(in);
                int type = connected ? number(packet, 4) : 0;
                connected = true;
                if (type == CREATE || type == SET_DATA) {
                    Loss loss = next.getAndSet(Loss.NOTHING);
                    if (loss == Loss.REQUEST) {
                        losses.incrementAndGet();
                        return;
                    }
                    if (loss == Loss.ANSWER) {
                        lostAnswer.set(number(packet, 0));
                    }
                }
                write(out, packet);
            }
        }
    }

    private void passAnswers(Socket client, Socket server, AtomicInteger lostAnswer) throws IOException {
        try (client;
                server) {
            DataInputStream in = new DataInputStream(server.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            boolean connected = false;
            while (true) {
                byte[] packet = read(in);
                if (connected && number(packet, 0) == lostAnswer.get()) {
                    losses.incrementAndGet();
                    return;
                }
                connected = true;
                write(out, packet);
            }
        }
    }

    private static byte[] read(DataInputStream in) throws IOException {
        byte[] packet = new byte[in.readInt()];
        in.readFully(packet);
        return packet;
    }

    private static void write(DataOutputStream out, byte[] packet) throws IOException {
        out.writeInt(packet.length);
        out.write(packet);
        out.flush();
    }

    private static int number(byte[] packet, int offset) {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = (value << Byte.SIZE) | (packet[offset + i] & 0xff);
        }
        return value;
    }

    private interface Piping {
        void run() throws IOException;
    }

    /** Runs until its sockets are closed, by whomever. */
    private void run(Piping piping) {
        Thread thread = new Thread(
                () -> {
                    try {
                        piping.run();
                    } catch (IOException e) {
                        // closed
                    }
                },
                "lossy-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
