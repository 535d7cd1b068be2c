/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands are made of, without a server. */
final class PartsTest {

    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "5min,300000", "5m,300000", "12h,43200000", "7d,604800000", "0s,0"})
    void timesAreRead(String text, long millis) {
        assertThat(Units.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"100,100", "500KB,500000", "64MiB,67108864", "10GB,10000000000", "1tib,1099511627776"})
    void sizesAreRead(String text, long bytes) {
        assertThat(Units.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "d", "7x", "-1s", "1.5h", "999999999999999w"})
    void whatIsNoTimeIsExplained(String text) {
        assertThatThrownBy(() -> Units.duration(text)).hasMessageContaining("no time such as");
    }

    @Test
    void sizesAreWrittenForPeople() {
        assertThat(List.of(0, 999, 1_000, 1_500_000, 2_000_000_000))
                .extracting(bytes -> Units.bytes((double) bytes))
                .containsExactly("0 B", "999 B", "1.0 kB", "1.5 MB", "2.0 GB");
    }

    @Test
    void linesKeepTheirBytes(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[] {(byte) 0xff, '\r', '\n', '\n', 'x'});
        InputStream input = new ByteArrayInputStream("a\r\nb".getBytes(StandardCharsets.UTF_8));
        Lines lines = new Lines(List.of(Path.of("-"), file), input);
        assertThat(lines.flow().toList().blockingGet())
                .containsExactly(
                        new byte[] {'a'}, new byte[] {'b'}, new byte[] {(byte) 0xff}, new byte[0], new byte[] {'x'});
        assertThat(lines.count()).isEqualTo(5);
    }

    @Test
    void keysAreFoundInLines() {
        RoutingKeys byField = new RoutingKeys();
        byField.field = "user.name";
        assertThat(key(byField, "{\"user\":{\"name\":\"ann\"}}")).isEqualTo("ann");
        assertThatThrownBy(() -> key(byField, "[]")).hasMessageContaining("no JSON object");
        RoutingKeys byPattern = new RoutingKeys();
        byPattern.pattern = Pattern.compile("user=(\\w+)");
        assertThat(key(byPattern, "12:00 user=bob did")).isEqualTo("bob");
        assertThatThrownBy(() -> key(byPattern, "12:00")).hasMessageContaining("does not match");
        RoutingKeys byTab = new RoutingKeys();
        byTab.separator = "\\t";
        assertThat(key(byTab, "k\tv\tw")).isEqualTo("k");
        assertThat(byTab.extractor()
                        .apply("k\tv\tw".getBytes(StandardCharsets.UTF_8))
                        .event())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("v\tw");
        byTab.field = "a";
        assertThatThrownBy(byTab::extractor).hasMessageContaining("give one of");
    }

    private static String key(RoutingKeys keys, String line) {
        return keys.extractor().apply(line.getBytes(StandardCharsets.UTF_8)).key();
    }

    @Test
    void tablesHaveColumnsAndJsonHasLines() {
        List<Row> rows = List.of(
                new Row().with("stream", "a").withBytes("unreadBytes", 5L),
                new Row().with("stream", "longer").withBytes("unreadBytes", null));
        assertThat(printed(Output.TABLE, rows))
                .isEqualTo("STREAM  UNREAD BYTES\na                5 B\nlonger             -\n");
        assertThat(printed(Output.JSON, rows))
                .isEqualTo("{\"stream\":\"a\",\"unreadBytes\":5}\n{\"stream\":\"longer\",\"unreadBytes\":null}\n");
    }

    private static String printed(Output output, List<Row> rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        new Printer(new Console(InputStream.nullInputStream(), stream, stream, Map.of()), output).list(rows, "none");
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void chartsAreDrawnWithBlocks() {
        assertThat(Chart.columns(List.of(50.0, 100.0, 5.0)))
                .containsExactly("100 │ █", "    │ █", "    │▄█", "    │██", "    │██▂", "  0 └───");
        assertThat(Chart.columns(IntStream.range(0, 600).mapToObj(i -> 1.0).toList()))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(64));
        assertThat(Chart.bar(10, 10)).isEqualTo("█".repeat(40));
        assertThat(Chart.bar(1.0 / 64, 1)).isEqualTo("▋");
    }
}
