/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that the README prints, with the output that the README prints. */
final class ReadmeTest extends ClientTest {
    private static final Path ROOT = Path.of("..");

    @TempDir
    Path classes;

    @ParameterizedTest
    @ValueSource(strings = {"WriteAndRead", "ReadTogether"})
    void programsRunAsPrinted(String name) throws Exception {
        Path example = ROOT.resolve("examples/reactive/" + name + ".java");
        String source = Files.readString(example);
        String printed = source.substring(source.indexOf("public class"));
        String output = run(example, name);
        String command = "$ java -cp \"server/target/headrace/lib/*\" examples/reactive/" + name + ".java\n";
        assertThat(Files.readString(ROOT.resolve("README.md")))
                .contains("```java\n" + printed + "```\n")
                .contains("```\n" + command + output + "```\n");
    }

    private String run(Path source, String name) throws Exception {
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", classes.toString(), source.toString());
        assertThat(compiled).isZero();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {server.controller().toString()});
        } finally {
            System.setOut(before);
        }
        return output.toString(StandardCharsets.UTF_8);
    }
}
