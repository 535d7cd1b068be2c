/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.ByteStreamReader;
import io.headrace.client.ConflictException;
import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyValueTable;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableVersion;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples that the client's Javadoc prints stand in this file too, and so are compiled. */
final class ExamplesTest {
    private static final Path API = Path.of("..", "client-reactive", "src", "main", "java", "io", "headrace", "client");
    private static final Path THIS =
            Path.of("src", "test", "java", "io", "headrace", "server", "client", "ExamplesTest.java");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code(.*?)}</pre>", Pattern.DOTALL);

    static List<Object> table(HeadraceClient client) {
        KeyValueTable<String, String> table =
                client.table(TableName.of("shop/stock"), TableKeySerializer.of(Serializers.utf8()), Serializers.utf8());
        Single<TableVersion> sold = table.get("apple")
                .toSingle()
                .flatMap(entry -> table.putIfVersion("apple", entry.value() + " sold", entry.version()))
                .retry(cause -> cause instanceof ConflictException);
        return List.of(sold);
    }

    static List<Object> bytes(HeadraceClient client) {
        ByteStreamReader reader = client.byteReader(StreamName.of("shop/film"));
        Flowable<ByteBuffer> all = reader.tailOffset().flatMapPublisher(tail -> reader.bytes(0, tail));
        return List.of(all);
    }

    static List<Object> events(HeadraceClient client) {
        EventReader<String> reader = client.reader(StreamName.of("shop/orders"), Serializers.utf8());
        Flowable<String> all = reader.events().map(Event::value);
        Flowable<String> inParts = reader.ranges().flatMap(reader::events).map(Event::value);
        return List.of(all, inParts);
    }

    @Test
    void everyExampleIsCompiled() throws IOException {
        String compiled = Files.readString(THIS).replaceAll("\\s", "");
        List<String> examples = new ArrayList<>();
        try (Stream<Path> sources = Files.list(API)) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                Matcher matcher = EXAMPLE.matcher(Files.readString(source).replaceAll("(?m)^ *\\* ?", ""));
                while (matcher.find()) {
                    examples.add(matcher.group(1).replaceAll("\\s", ""));
                }
            }
        }
        assertThat(examples).hasSizeGreaterThan(2).allSatisfy(example -> assertThat(compiled)
                .contains(example));
    }
}
