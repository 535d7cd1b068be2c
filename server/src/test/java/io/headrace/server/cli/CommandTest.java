/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.server.Main;
import io.headrace.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A server for all tests of a class, and the command line as it is typed. */
abstract class CommandTest {
    private static final int FAILED = 1;
    private static final int BAD_USAGE = 2;

    @TempDir
    static Path data;

    static TestServer server;

    final String scope = "scope-" + UUID.randomUUID();
    final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void startServer() {
        server = TestServer.in(data.resolve("data"));
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    /** What a command has printed, and how it ended. */
    record Outcome(int exitCode, String out, String err) {

        /** The only line of standard output. */
        JsonObject json() {
            assertThat(out).hasLineCount(1);
            return new JsonObject(out);
        }

        List<JsonObject> jsonLines() {
            return out.lines().map(JsonObject::new).toList();
        }
    }

    /** Runs a command line, whose words have spaces between. */
    Outcome run(String commandLine) {
        return run("", commandLine.split(" "));
    }

    Outcome run(String input, String... words) {
        environment.putIfAbsent("HEADRACE_CONTROLLER", server.controller().getAuthority());
        environment.putIfAbsent("HEADRACE_HTTP", server.http().getAuthority());
        environment.putIfAbsent("HOME", data.resolve("home").toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = new Main(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment)
                .run(words);
        return new Outcome(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command that must succeed. */
    Outcome ok(String commandLine) {
        return ok("", commandLine.split(" "));
    }

    Outcome ok(String input, String... words) {
        Outcome outcome = run(input, words);
        assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
        return outcome;
    }

    /** Runs a command that must fail, and returns what it says. */
    String fails(String commandLine) {
        return message(run(commandLine), FAILED);
    }

    String isMisused(String commandLine) {
        return message(run(commandLine), BAD_USAGE);
    }

    static String message(Outcome outcome, int exitCode) {
        assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
        assertThat(outcome.err()).startsWith("headrace: ").doesNotContain("\tat ");
        return outcome.err();
    }

    /** A stream of the test's scope, with these lines in it. */
    String stream(String name, int segments, String... lines) {
        String stream = scope + "/" + name;
        ok("scope create --if-absent " + scope);
        ok("stream create " + stream + " --segments " + segments);
        if (lines.length > 0) {
            ok(String.join("\n", lines) + "\n", "write", stream);
        }
        return stream;
    }
}
