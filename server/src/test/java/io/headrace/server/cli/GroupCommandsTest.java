/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.GroupEvent;
import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderGroup;
import io.headrace.client.Serializers;
import io.headrace.server.Received;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Reader groups, tables, and what is asked of the whole server. */
final class GroupCommandsTest extends CommandTest {
    private static final long PATIENCE = 60;

    @Test
    void aGroupIsDescribedAndReset() {
        String stream = stream("a", 1, "one", "two", "three");
        String group = scope + "/g";
        ok("reader-group create " + group + " " + stream);
        assertThat(ok("reader-group list " + scope).out()).isEqualTo("GROUP\n" + group + "\n");
        JsonObject before =
                ok("reader-group describe --measure 10ms -o json " + group).json();
        assertThat(before.getInteger("unreadBytes")).isEqualTo(35);
        assertThat(before.getInteger("unreadEvents")).isEqualTo(3);
        assertThat(before.getBoolean("unreadEventsAreExact")).isTrue();
        assertThat(before.getInteger("readers")).isZero();
        assertThat(before.getJsonArray("pendingCheckpoints")).isEmpty();

        JsonObject planned =
                ok("reader-group reset --dry-run --to latest -o json " + group).json();
        assertThat(planned.getInteger("unreadBytes")).isEqualTo(35);
        assertThat(planned.getInteger("unreadBytesThen")).isZero();
        assertThat(unread(group)).isEqualTo(35);
        assertThat(ok("reader-group reset --to latest " + group).out()).contains("skips 35 B");
        assertThat(unread(group)).isZero();
        assertThat(ok("reader-group describe " + group).out()).contains("everything is read");
        ok("reader-group reset --to earliest " + group);
        assertThat(unread(group)).isEqualTo(35);

        assertThat(fails("reader-group describe " + scope + "/f")).contains("did you mean " + group + "?");
        ok("reader-group delete " + group);
        assertThat(fails("reader-group delete " + group)).contains("there is no reader group");
    }

    private int unread(String group) {
        return ok("reader-group describe --measure 10ms -o json " + group)
                .json()
                .getInteger("unreadBytes");
    }

    @Test
    void whoBlocksACheckpointIsNamed() {
        String stream = stream("a", 1, "one");
        ok("reader-group create " + scope + "/g " + stream);
        try (HeadraceClient client = HeadraceClient.connect(server.controller())) {
            ReaderGroup group = client.readerGroups(scope).group("g");
            // It passes no checkpoint that it is shown.
            TestSubscriber<GroupEvent<String>> slow = group.reader("slow", Serializers.utf8())
                    .eventsAndCheckpoints()
                    .test();
            Received.await(slow, 1).assertValueCount(1);
            Disposable checkpoint = group.checkpoint("c").subscribe(done -> {}, cause -> {});
            JsonObject described = describe();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
            while (described.getJsonArray("pendingCheckpoints").isEmpty() && System.nanoTime() < deadline) {
                described = describe();
            }
            assertThat(described.getJsonArray("segments"))
                    .extracting(segment -> ((JsonObject) segment).getString("reader"))
                    .containsExactly("slow");
            assertThat(described.getJsonArray("pendingCheckpoints"))
                    .containsExactly(new JsonObject().put("checkpoint", "c").put("waitsFor", "slow"));
            checkpoint.dispose();
            slow.cancel();
        }
    }

    private JsonObject describe() {
        return ok("reader-group describe --measure 10ms -o json " + scope + "/g")
                .json();
    }

    @Test
    void aTableIsFilledAndEmptied() {
        String table = scope + "/t";
        ok("scope create " + scope);
        ok("kvt create " + table + " --partitions 2 --key-bytes 8");
        assertThat(ok("kvt list " + scope).out()).isEqualTo("TABLE\n" + table + "\n");
        String version = ok("kvt put -o json " + table + " apple 3").json().getString("version");
        ok("kvt put " + table + " pear 4");
        assertThat(fails("kvt put --if-absent " + table + " apple 5")).contains("nothing was changed");
        ok("kvt put --if-version " + version + " " + table + " apple 6");
        assertThat(fails("kvt remove --if-version " + version + " " + table + " apple"))
                .contains("nothing was changed");
        assertThat(ok("kvt get " + table + " apple").out()).isEqualTo("6\n");
        assertThat(ok("kvt scan -o json " + table).jsonLines())
                .extracting(entry -> entry.getString("key") + "=" + entry.getString("value"))
                .containsExactly("apple=6", "pear=4");
        assertThat(ok("kvt scan --prefix p " + table).out())
                .startsWith("KEY ")
                .contains("pear")
                .doesNotContain("apple");
        ok("kvt remove " + table + " apple");
        assertThat(fails("kvt get " + table + " apple")).contains("there is no key apple", "headrace kvt scan");
        assertThat(isMisused("kvt get " + table + " pomegranate")).contains("11 bytes", "8");
        ok("kvt delete " + table);
        assertThat(fails("kvt get " + table + " apple")).contains("there is no", "headrace kvt list " + scope);
    }

    @Test
    void longTermStorageIsShown() {
        JsonObject tier = ok("tier -o json").json();
        assertThat(tier.getString("state")).isEqualTo("running");
        assertThat(tier.getString("address")).startsWith("file:");
        assertThat(ok("tier").out()).contains("waiting bytes ", "problem ");
        environment.put("HEADRACE_HTTP", server.controller().getAuthority());
        assertThat(fails("tier")).contains("--http HOST:PORT");
    }

    @Test
    void contextsAreServersWithNames() {
        environment.put("HOME", data.resolve(scope).toString());
        environment.put("HEADRACE_CONTROLLER", "127.0.0.1:1");
        String here = server.controller().getAuthority();
        assertThat(ok("context list").err()).contains("headrace context add");
        assertThat(ok("context add here --controller " + here).out()).contains("is used from now on");
        assertThat(ok("context add there --controller 127.0.0.1:1").out()).contains("headrace context use there");
        assertThat(ok("scope list --context here").out()).startsWith("SCOPE");
        assertThat(fails("scope list --context thee")).contains("did you mean there?", "headrace context list");
        environment.put("HEADRACE_CONTEXT", "there");
        environment.remove("HEADRACE_CONTROLLER");
        // The test's own default is left out.
        assertThat(resolved()).isEqualTo("127.0.0.1:1");
        environment.remove("HEADRACE_CONTEXT");
        assertThat(resolved()).isEqualTo(here);
        environment.put("HEADRACE_CONTROLLER", here);
        ok("context use there");
        assertThat(ok("context list -o json").jsonLines())
                .extracting(context -> context.getString("name") + context.getBoolean("current"))
                .containsExactly("herefalse", "theretrue");
        ok("context remove there");
        assertThat(fails("context use there")).contains("there is no context there");
        assertThat(isMisused("context add there --controller nowhere")).contains("HOST:PORT");
    }

    private String resolved() {
        return Contexts.of(new Console(System.in, System.out, System.err, environment))
                .resolve(null, null, null)
                .controllers();
    }

    @Test
    void benchmarksCountWhatTheyDo() {
        JsonObject write = ok("bench write --seconds 1 --rate 200 -o json").json();
        assertThat(write.getInteger("events")).isBetween(100, 201);
        assertThat(write.getDouble("p99Millis")).isPositive();
        assertThat(ok("bench end-to-end --seconds 1 --rate 200 --segments 2").out())
                .contains("events per second ", "p99.9", "max", "█");
        assertThat(ok("bench read --events 1000 -o json").json().getInteger("events"))
                .isEqualTo(1000);
        assertThat(ok("scope list").out()).doesNotContain("bench");
        assertThat(isMisused("bench write --size 1")).contains("--size");
    }

    @Test
    void completionKnowsEveryCommand() {
        assertThat(ok("completion").out()).contains("reader-group", "end-to-end", "--key-separator", "complete -F");
    }
}
