/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
    private static final Setting<Integer> PORT = Settings.CONTROLLER_PORT;

    @TempDir
    Path directory;

    @Test
    void everythingHasADefaultThatItsOwnParserAccepts() {
        Settings settings = Settings.resolve(Map.of(), Map.of(), null);
        for (Setting<?> setting : Settings.ALL) {
            assertThat(settings.get(setting)).as(setting.name()).isNotNull();
            assertThat(settings.isDefault(setting)).isTrue();
        }
        assertThat(settings.get(Settings.HOST).isLoopbackAddress()).isTrue();
        assertThat(settings.get(Settings.DATA)).isAbsolute();
    }

    @Test
    void namesAndVariablesAreUnique() {
        Set<String> seen = new HashSet<>(Set.of(Settings.FILE_VARIABLE, "HEADRACE_JAVA_OPTS"));
        for (Setting<?> setting : Settings.ALL) {
            assertThat(seen.add(setting.variable())).as(setting.variable()).isTrue();
        }
    }

    @Test
    void commandLineWinsOverEnvironmentOverFileOverDefault() throws IOException {
        Path file = file("controller-port=1\n");
        Map<String, String> variable = Map.of("HEADRACE_CONTROLLER_PORT", "2");
        Map<String, String> option = Map.of("controller-port", "3");
        assertThat(Settings.resolve(Map.of(), Map.of(), null).get(PORT)).isEqualTo(9090);
        assertThat(Settings.resolve(Map.of(), Map.of(), file).get(PORT)).isEqualTo(1);
        assertThat(Settings.resolve(Map.of(), variable, file).get(PORT)).isEqualTo(2);
        Settings settings = Settings.resolve(option, variable, file);
        assertThat(settings.get(PORT)).isEqualTo(3);
        assertThat(settings.isDefault(PORT)).isFalse();
    }

    @Test
    void theEnvironmentCanNameTheFile() throws IOException {
        Map<String, String> variable =
                Map.of(Settings.FILE_VARIABLE, file("controller-port=7").toString());
        assertThat(Settings.resolve(Map.of(), variable, null).get(PORT)).isEqualTo(7);
    }

    /** An orchestrator puts variables of its own under the name of a service, such as HEADRACE_PORT. */
    @Test
    void unknownVariablesAreIgnored() {
        Map<String, String> variables = Map.of("HEADRACE_PORT", "tcp://10.0.0.1:80", "HEADRACE_SERVICE_HOST", "x");
        assertThat(Settings.resolve(Map.of(), variables, null).get(PORT)).isEqualTo(9090);
    }

    @Test
    void anUnknownNameInTheFileIsAnErrorThatNamesTheNearest() throws IOException {
        refused(
                Map.of(),
                file("controler-port=1"),
                "no setting \"controler-port\"",
                "did you mean \"controller-port\"?");
        refused(Map.of(), file("zzzzzz=1"), "no setting \"zzzzzz\"", "known are data, host");
    }

    @Test
    void aBadValueSaysWhereItCameFromAndWhatIsAllowed() throws IOException {
        refused(Map.of("controller-port", "x"), null, "\"x\"", "--controller-port", "from 0 to 65535");
        refused(Map.of("controller-port", "65536"), null, "from 0 to 65535");
        refused(Map.of("controller-port", "-1"), null, "from 0 to 65535");
        refused(Map.of("data", ""), null, "data: ");
        refused(Map.of("security", "none"), null, "loopback or open");
        refused(Map.of("tier2", "ftp://x"), null, "file:, hdfs:, s3:");
        refused(Map.of("tier2", "file:// bad"), null, "file:, hdfs:, s3:");
        refused(Map.of("tier2", "/plain/path"), null, "file:, hdfs:, s3:");
        refused(Map.of("tier2", "nothing"), null, "or none");
        Path file = file("segments-partitions=0");
        refused(Map.of(), file, "segments-partitions", "from 1 to 1024", file.toString());
    }

    @Test
    void timesHaveUnits() {
        assertThat(Settings.WATERMARK_PERIOD.defaultText()).isEqualTo("10s");
        assertThat(Settings.RETENTION_PERIOD.defaultText()).isEqualTo("30min");
        assertThat(Settings.RETENTION_PERIOD.allowed()).startsWith("a time from 1s to 24h, ");
        for (String text : List.of("90s", "90000ms")) {
            Settings settings = Settings.resolve(Map.of("watermark-period", text), Map.of(), null);
            assertThat(settings.get(Settings.WATERMARK_PERIOD)).isEqualTo(Duration.ofSeconds(90));
        }
        for (String text : List.of("", "90", "s", "-1s", "1.5s", "1m", "1 h", "999ms", "61min", "9999999999s")) {
            refused(Map.of("watermark-period", text), null, "\"" + text + "\"", "a time from 1s to 1h");
        }
    }

    @Test
    void racksAreNamedByHosts() {
        Settings settings = Settings.resolve(Map.of("bookie-racks", "10.0.0.1=a, b.test=east/b"), Map.of(), null);
        assertThat(settings.get(Settings.BOOKIE_RACKS)).isEqualTo(Map.of("10.0.0.1", "a", "b.test", "east/b"));
        for (String text : List.of("a", "=b", "a=", "a=b/c/d", "a=b,", "a=b;c=d")) {
            refused(Map.of("bookie-racks", text), null, "10.0.0.1=east/a");
        }
    }

    @Test
    void aMissingOrBrokenFileIsAnError() throws IOException {
        refused(Map.of(), directory.resolve("absent"), "does not exist");
        refused(Map.of(), file("data=\\u00zz"), "cannot be read");
    }

    @Test
    void valuesAreStrippedOfBlanks() throws IOException {
        Settings settings = Settings.resolve(Map.of(), Map.of(), file("security = open  \ntier2 = file:///x \n"));
        assertThat(settings.get(Settings.SECURITY)).isEqualTo(Settings.Security.OPEN);
        assertThat(settings.get(Settings.TIER2)).contains(URI.create("file:///x"));
    }

    @Test
    void theSampleFileInTheTreeIsTheOneThatTheTableGives() throws IOException {
        assertThat(Files.readString(Path.of("..", "conf", "headrace.properties")))
                .as("run: ./headrace config > conf/headrace.properties")
                .isEqualTo(SampleFile.text());
    }

    @Test
    void theSampleFileHoldsTheDefaultsAndCanBeUsedAsItIs() throws IOException {
        String active = SampleFile.text().replaceAll("(?m)^#([a-z])", "$1");
        Properties properties = new Properties();
        properties.load(new StringReader(active));
        assertThat(properties).hasSize(Settings.ALL.size());
        for (Setting<?> setting : Settings.ALL) {
            assertThat(properties.getProperty(setting.name())).isEqualTo(setting.defaultText());
        }
        Settings.resolve(Map.of(), Map.of(), file(active));
        assertThat(SampleFile.text().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(102));
    }

    @Test
    void nearestCountsLetters() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "headrace", ".properties"), text);
    }

    private static void refused(Map<String, String> commandLine, @Nullable Path file, String... parts) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Settings.resolve(commandLine, Map.of(), file))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }
}
