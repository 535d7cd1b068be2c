/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StreamCommandsTest extends CommandTest {

    @Test
    void scopesComeAndGo() {
        assertThat(ok("scope create " + scope).out()).isEqualTo("created the scope " + scope + "\n");
        assertThat(fails("scope create " + scope)).contains("is there already", "--if-absent");
        assertThat(ok("scope list").out())
                .startsWith("SCOPE\n")
                .contains(scope + "\n")
                .doesNotContain("_system");
        assertThat(ok("scope list --all -o json").jsonLines())
                .contains(new JsonObject().put("scope", scope), new JsonObject().put("scope", "_system"));
        ok("stream create " + scope + "/a");
        assertThat(fails("scope delete " + scope))
                .contains("not empty", "headrace stream list " + scope, "--recursive");
        ok("scope delete --recursive " + scope);
        assertThat(fails("scope delete " + scope)).contains("there is no scope " + scope, "headrace scope list");
    }

    @Test
    void aStreamIsDescribedWithItsSegments() {
        String stream = stream("a", 2, "one", "two", "three");
        assertThat(ok("stream list " + scope).out()).isEqualTo("STREAM\n" + stream + "\n");
        JsonObject described =
                ok("stream describe --measure 10ms -o json " + stream).json();
        assertThat(described.getString("state")).isEqualTo("open");
        assertThat(described.getInteger("bytes")).isEqualTo(11 + 3 * 8);
        assertThat(described.getInteger("bytesPerSecond")).isZero();
        assertThat(described.getJsonArray("segments"))
                .extracting(segment -> ((JsonObject) segment).getString("keys"))
                .containsExactly("0.0000-0.5000", "0.5000-1.0000");
        assertThat(ok("stream describe --measure 0s " + stream).out())
                .contains("current segments  2\n", "35 B", "SEGMENT", "0.#epoch.0");
    }

    @Test
    void settingsAreChangedOneByOne() {
        String stream = scope + "/a";
        ok("scope create " + scope);
        ok("stream create " + stream + " --rate-events 1000 --scale-factor 2 --min-segments 2 --retention 7d --tag x");
        ok("stream update " + stream + " --min-segments 3 --retention 10GB --retention-max 20GB");
        JsonObject described =
                ok("stream describe --measure 0s -o json " + stream).json();
        assertThat(described.getString("scaling"))
                .isEqualTo("1000 events/s in a segment, split into 2, at least 3 segments");
        assertThat(described.getString("retention")).isEqualTo("10.0 GB, at most 20.0 GB");
        assertThat(described.getJsonArray("tags")).containsExactly("x");
        assertThat(ok("stream list --tag x " + scope).out()).contains(stream);
        assertThat(ok("stream list --tag y " + scope).err()).contains("headrace stream create");
        JsonObject scaling = ok("stream scaling -o json " + stream).json();
        assertThat(scaling.getInteger("targetRate")).isEqualTo(1000);
        assertThat(scaling.getJsonArray("segments")).hasSize(3);
        assertThat(fails("stream scaling " + stream + "x")).contains("there is no stream");
        assertThat(isMisused("stream update " + stream)).contains("--retention 7d");
        assertThat(isMisused("stream create " + scope + "/b --segments 1 --rate-events 3"))
                .contains("give one of");
        assertThat(isMisused("stream create " + scope + "/b --retention 7x")).contains("no time such as", "7d");
    }

    @Test
    void aStreamIsScaledTruncatedSealedAndDeleted() {
        String stream = stream("a", 1, "one", "two");
        ok("stream scale " + stream + " --segments 4");
        assertThat(ok("stream describe --measure 0s -o json " + stream).json().getInteger("currentSegments"))
                .isEqualTo(4);
        String cut = ok("stream cut " + stream).out().strip();
        ok("three\n", "write", stream);
        assertThat(ok("read " + stream + " --to " + cut).out()).isEqualTo("one\ntwo\n");
        assertThat(ok("read " + stream + " --from " + cut).out()).isEqualTo("three\n");
        ok("stream truncate " + stream + " --before " + cut);
        assertThat(ok("read " + stream).out()).isEqualTo("three\n");
        assertThat(fails("stream delete " + stream)).contains("not sealed", "headrace stream seal " + stream);
        ok("stream seal " + stream);
        assertThat(message(run("four\n", "write", stream), 1)).contains("sealed", "takes no more data");
        assertThat(ok("read " + stream).out()).isEqualTo("three\n");
        assertThat(ok("tail --from earliest " + stream).out()).isEqualTo("three\n");
        ok("stream delete " + stream);
        assertThat(fails("stream delete " + stream)).contains("there is no stream " + stream);
    }

    @Test
    void linesComeFromFilesAndKeepTheOrderOfTheirKeys() throws IOException {
        String stream = stream("a", 4);
        Path file = Files.createTempFile(data, "lines", ".json");
        List<String> lines = IntStream.range(0, 3_000)
                .mapToObj(i -> "{\"user\":{\"id\":" + i % 7 + "},\"n\":" + i + "}")
                .toList();
        Files.write(file, lines);
        assertThat(ok("write " + stream + " " + file + " --key-field user.id").out())
                .isEqualTo("3,000 events written to " + stream + "\n");
        List<JsonObject> read = ok("read " + stream).jsonLines();
        assertThat(read).hasSize(3_000);
        for (int key = 0; key < 7; key++) {
            int id = key;
            assertThat(read.stream()
                            .filter(event -> event.getJsonObject("user").getInteger("id") == id)
                            .map(event -> event.getInteger("n")))
                    .isSorted()
                    .isNotEmpty();
        }
        assertThat(message(run("{\"n\":1}\n", "write", stream, "--key-field", "user.id"), 1))
                .contains("no field user.id", "{\"n\":1}");
        assertThat(message(run("", "write", stream, data + "/none"), 1)).contains("cannot be read");
        ok("", "write", stream);
        assertThat(message(run("", "write", stream + "x"), 1)).contains("there is no stream");
    }

    @Test
    void eventsArePrintedInManyForms() {
        String stream = stream("a", 1, "one", "two", "três");
        assertThat(ok("read --limit 1 --format hex " + stream).out()).isEqualTo("6f6e65\n");
        assertThat(ok("read --limit 1 --format base64 " + stream).out()).isEqualTo("b25l\n");
        List<JsonObject> events = ok("read -o json " + stream).jsonLines();
        assertThat(events).extracting(event -> event.getString("text")).containsExactly("one", "two", "três");
        assertThat(ok("read " + stream + " --from " + events.get(0).getString("position"))
                        .out())
                .isEqualTo("two\ntrês\n");
        assertThat(ok("read --from latest " + stream).out()).isEmpty();
        assertThat(ok("read --from time:2020-01-01T00:00:00Z --limit 1 " + stream)
                        .out())
                .isEqualTo("one\n");
        assertThat(ok("tail --from earliest --limit 2 " + stream).out()).isEqualTo("one\ntwo\n");
        assertThat(isMisused("read --from yesterday " + stream)).contains("earliest, latest, time:INSTANT");
    }

    @Test
    void aTransactionIsSeenAsAWholeOrNotAtAll() {
        String stream = stream("a", 2);
        assertThat(message(run("a=1\nb=2\nc\n", "write", stream, "--transaction", "--key-separator", "="), 1))
                .contains("no \"=\"", "nothing was written");
        assertThat(ok("read " + stream).out()).isEmpty();
        ok("a=1\na=2\na=3\n", "write", stream, "--transaction", "--key-separator", "=");
        assertThat(ok("tail --from earliest --limit 3 " + stream).out()).isEqualTo("1\n2\n3\n");

        String committed = ok("transaction begin " + stream).out().strip();
        ok("4\n", "transaction", "write", stream, committed);
        ok("5\n", "transaction", "write", stream, committed);
        assertThat(ok("transaction status " + stream + " " + committed).out()).isEqualTo("open\n");
        ok("transaction commit " + stream + " " + committed);
        assertThat(ok("tail --from earliest --limit 5 " + stream).out().lines()).contains("4", "5");

        String aborted = ok("transaction begin -o json " + stream).json().getString("transaction");
        ok("6\n", "transaction", "write", stream, aborted);
        ok("transaction abort " + stream + " " + aborted);
        assertThat(fails("transaction commit " + stream + " " + aborted)).contains("has ended");
        assertThat(ok("transaction list -o json " + stream).jsonLines())
                .extracting(ended -> ended.getString("transaction") + " " + ended.getString("status"))
                .contains(committed + " committed", aborted + " aborted");
        assertThat(isMisused("transaction begin " + stream + " --lease 1s")).contains("a lease must be");
    }

    @Test
    void whatIsMistypedIsExplained() throws IOException {
        String stream = stream("words", 1);
        assertThat(fails("read " + scope + "/wrods"))
                .contains("there is no stream", "did you mean " + stream + "?", "headrace stream list " + scope);
        assertThat(fails("read " + scope + "x/words")).contains("there is no scope", "did you mean " + scope + "?");
        assertThat(isMisused("read words")).contains("is not of the form scope/stream");
        assertThat(isMisused("stream descibe " + stream)).contains("did you mean", "describe");
        assertThat(isMisused("scope list --controller here")).contains("HOST:PORT");
        assertThat(isMisused("stream")).contains("--help");
        environment.put("HEADRACE_CONTROLLER", "127.0.0.1:" + freePort());
        assertThat(fails("scope list")).contains("no server answers at", "headrace standalone", "--controller");
    }

    @Test
    void aReaderThatGoesAwayEndsACommandWithoutAWord() {
        String stream = stream("a", 1, "one");
        PrintStream closed = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                true,
                StandardCharsets.UTF_8);
        var err = new java.io.ByteArrayOutputStream();
        int exitCode = new io.headrace.server.Main(
                        java.io.InputStream.nullInputStream(),
                        closed,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment)
                .run("tail", "--from", "earliest", stream);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(exitCode).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
