/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A whole server in this process, for tests of clients, with its data in a directory of the test. */
public final class TestServer implements AutoCloseable {
    private final Map<String, String> options = new HashMap<>();
    private Server<Addresses> server;

    private TestServer(Path data, Map<String, String> more) {
        options.put("data", data.toString());
        options.put("controller-port", "0");
        options.put("store-port", "0");
        options.put("http-port", "0");
        options.put("watermark-period", "1s");
        options.putAll(more);
        server = start();
    }

    /** Starts a server on free ports of the loopback interface. */
    public static TestServer in(Path data) {
        return new TestServer(data, Map.of());
    }

    /** The same with more settings. */
    public static TestServer with(Path data, Map<String, String> settings) {
        return new TestServer(data, settings);
    }

    /** The same, which sends clients to another address of the loopback interface, where something stands in between. */
    public static TestServer advertising(Path data, String host) {
        return new TestServer(data, Map.of("advertised-host", host));
    }

    /** Where clients connect. */
    public URI controller() {
        return URI.create("tcp://" + server.addresses().controller());
    }

    /** Where it answers questions over HTTP. */
    public URI http() {
        return URI.create("http://" + server.addresses().http());
    }

    /** The port of the store face. */
    public int storePort() {
        return port(server.addresses().store());
    }

    /** Ends the server; {@link #resume} starts it again with the same data and ports. */
    public void pause() {
        options.put("controller-port", Integer.toString(port(server.addresses().controller())));
        options.put("store-port", Integer.toString(storePort()));
        server.close();
    }

    public void resume() {
        server = start();
    }

    @Override
    public void close() {
        server.close();
    }

    private Server<Addresses> start() {
        return Standalone.start(Settings.resolve(options, Map.of(), null));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
