/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.current;
import static io.headrace.engine.streams.Commands.fixed;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamReply.CreateScopeStatus;
import io.headrace.engine.streams.StreamReply.CreateStreamStatus;
import io.headrace.engine.streams.StreamReply.DeleteScopeStatus;
import io.headrace.engine.streams.StreamReply.Exists;
import io.headrace.engine.streams.StreamReply.ListStatus;
import io.headrace.engine.streams.StreamReply.NamePage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ScopesTest {

    @Test
    void lifeOfAScope() {
        Rig rig = new Rig();
        assertThat(rig.ask(new StreamCommand.DeleteScope("s"))).isEqualTo(DeleteScopeStatus.SCOPE_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.CheckScopeExists("s"))).isEqualTo(new Exists(false));
        assertThat(rig.ask(new StreamCommand.CreateScope("s"))).isEqualTo(CreateScopeStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.CreateScope("s"))).isEqualTo(CreateScopeStatus.SCOPE_EXISTS);
        assertThat(rig.ask(new StreamCommand.CheckScopeExists("s"))).isEqualTo(new Exists(true));
        rig.ask(createStream(S, 1));
        assertThat(rig.ask(new StreamCommand.DeleteScope("s"))).isEqualTo(DeleteScopeStatus.SCOPE_NOT_EMPTY);
        rig.ask(new StreamCommand.SealStream(S));
        rig.ask(new StreamCommand.DeleteStream(S));
        assertThat(rig.ask(new StreamCommand.DeleteScope("s"))).isEqualTo(DeleteScopeStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.CreateScope("s"))).isEqualTo(CreateScopeStatus.SUCCESS);
    }

    @Test
    void names() {
        Rig rig = new Rig();
        for (String name : List.of("a b", "a_b", "é", "", "x".repeat(256), "__a")) {
            assertThat(rig.ask(new StreamCommand.CreateScope(name))).isEqualTo(CreateScopeStatus.INVALID_SCOPE_NAME);
        }
        for (String name : List.of("_abc", "a.b-c1", "x".repeat(255))) {
            assertThat(rig.ask(new StreamCommand.CreateScope(name))).isEqualTo(CreateScopeStatus.SUCCESS);
        }
    }

    @Test
    void systemScope() {
        Rig rig = new Rig();
        assertThat(((NamePage) rig.ask(new StreamCommand.ListScopes("", 10))).names())
                .containsExactly("_system");
        assertThat(rig.ask(new StreamCommand.DeleteScope("_system"))).isEqualTo(DeleteScopeStatus.FAILURE);
        rig.crash();
        assertThat(((NamePage) rig.ask(new StreamCommand.ListScopes("", 10))).names())
                .containsExactly("_system");
    }

    @Test
    void pages() {
        Rig rig = new Rig();
        List<String> scopes = new ArrayList<>(List.of("_system"));
        for (int i = 1000; i < 2100; i++) {
            rig.ask(new StreamCommand.CreateScope("n" + i));
            scopes.add("n" + i);
        }
        assertThat(drain(rig, token -> new StreamCommand.ListScopes(token, 5_000), 2))
                .isEqualTo(scopes);
        rig.ask(new StreamCommand.CreateScope("s"));
        for (int i = 0; i < 5; i++) {
            rig.ask(createStream(new StreamName("s", "a" + i), 1));
        }
        assertThat(drain(rig, token -> new StreamCommand.ListStreams("s", token, 3), 4))
                .containsExactly("_MARKa0", "_MARKa1", "_MARKa2", "_MARKa3", "_MARKa4", "a0", "a1", "a2", "a3", "a4");
        assertThat(rig.ask(new StreamCommand.ListStreams("none", "", 10)))
                .isEqualTo(new NamePage(ListStatus.SCOPE_NOT_FOUND, List.of(), ""));
    }

    /** Iterates as clients do: with the token of the last answer, until a page is empty. */
    private static List<String> drain(Rig rig, Function<String, StreamCommand> query, int expectedPages) {
        List<String> all = new ArrayList<>();
        String token = "";
        for (int pages = 0; ; pages++) {
            NamePage page = (NamePage) rig.ask(query.apply(token));
            if (page.names().isEmpty()) {
                assertThat(pages).isEqualTo(expectedPages);
                return all;
            }
            assertThat(page.token()).isNotEmpty().isNotEqualTo(token);
            token = page.token();
            all.addAll(page.names());
        }
    }

    @Test
    void tags() {
        Rig rig = withStream(1);
        StreamName b = new StreamName("s", "b");
        rig.ask(new StreamCommand.UpdateStream(S, tagged("t1", "t2")));
        rig.ask(new StreamCommand.CreateStream(b, tagged("t1")));
        assertThat(tagList(rig, "t1")).containsExactly("a", "b");
        assertThat(tagList(rig, "t2")).containsExactly("a");
        assertThat(tagList(rig, "T1")).isEmpty();
        assertThat(current(rig, S)).containsExactly("0@0");
        rig.ask(new StreamCommand.UpdateStream(S, tagged("t3")));
        rig.crash();
        assertThat(tagList(rig, "t1")).containsExactly("b");
        assertThat(tagList(rig, "t3")).containsExactly("a");
        rig.ask(new StreamCommand.SealStream(b));
        rig.ask(new StreamCommand.DeleteStream(b));
        assertThat(tagList(rig, "t1")).isEmpty();
        assertThat(rig.ask(new StreamCommand.ListStreamsForTag("none", "t", "", 10)))
                .isEqualTo(new NamePage(ListStatus.SCOPE_NOT_FOUND, List.of(), ""));
    }

    private static StreamConfiguration tagged(String... tags) {
        return fixed(1).withTags(new TreeSet<>(List.of(tags)));
    }

    private static List<String> tagList(Rig rig, String tag) {
        return ((NamePage) rig.ask(new StreamCommand.ListStreamsForTag("s", tag, "", 10))).names();
    }

    @Test
    void recursiveRemoval() {
        Rig rig = withStream(2);
        assertThat(rig.ask(new StreamCommand.DeleteScopeRecursive("none"))).isEqualTo(DeleteScopeStatus.SUCCESS);
        rig.ask(new StreamCommand.CreateReaderGroup(
                "s", "g", ReaderGroupConfiguration.over(new UUID(1, 1), 2, S, new StreamName("s", "missing"))));
        rig.ask(createStream(new StreamName("s", "b"), 1));
        rig.ask(new StreamCommand.CreateTransaction(S, 20_000));
        Rig.Answer<StreamReply> creating = rig.submit(createStream(new StreamName("s", "c"), 1));
        Rig.Answer<StreamReply> first = rig.submit(new StreamCommand.DeleteScopeRecursive("s"));
        Rig.Answer<StreamReply> second = rig.submit(new StreamCommand.DeleteScopeRecursive("s"));
        assertThat(rig.ask(createStream(new StreamName("s", "d"), 1))).isEqualTo(CreateStreamStatus.SCOPE_NOT_FOUND);
        assertThat(rig.ask(new StreamCommand.CreateScope("s"))).isEqualTo(CreateScopeStatus.SCOPE_EXISTS);
        rig.settle();
        assertThat(creating.reply).isEqualTo(CreateStreamStatus.SUCCESS);
        assertThat(first.reply).isEqualTo(DeleteScopeStatus.SUCCESS);
        assertThat(second.reply).isEqualTo(DeleteScopeStatus.SUCCESS);
        assertThat(rig.store.segments).isEmpty();
        assertThat(rig.ask(new StreamCommand.CheckScopeExists("s"))).isEqualTo(new Exists(false));
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(createStream(S, 2));
        assertThat(current(rig, S)).containsExactly("2@0", "3@0");
    }
}
