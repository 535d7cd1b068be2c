/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import io.headrace.client.Administration;
import io.headrace.client.HeadraceClient;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.TestServer;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server for all tests of a class, a client and a scope for each. */
abstract class ClientTest {
    /** How long what will happen may take, in seconds. */
    static final long PATIENCE = 60;

    @TempDir
    static Path data;

    static TestServer server;

    final String scope = "scope-" + UUID.randomUUID();
    HeadraceClient client;
    Administration admin;

    @BeforeAll
    static void startServer() {
        server = TestServer.in(data);
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @BeforeEach
    void connect() {
        client = HeadraceClient.connect(server.controller());
        admin = client.administration();
        admin.createScope(scope).ignoreElement().blockingAwait();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    /** A new stream of the test's scope. */
    StreamName stream(String name, int segments) {
        StreamName stream = new StreamName(scope, name);
        admin.createStream(stream, StreamConfiguration.fixed(segments))
                .ignoreElement()
                .blockingAwait();
        return stream;
    }
}
