/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a message over a WebSocket is about. Names are those of the JSON protocol, codes those of the binary one, for good. */
enum SocketOp {
    PUBLISH(1, "publish", "stream key producer sequence transaction text base64"),
    SUBSCRIBE(2, "subscribe", "stream from permits"),
    PERMIT(3, "permit", "permits"),
    UNSUBSCRIBE(4, "unsubscribe", ""),
    PRODUCER(5, "producer", "stream producer"),
    BEGIN(6, "begin", "stream lease"),
    COMMIT(7, "commit", "transaction"),
    ABORT(8, "abort", "transaction"),
    RESUME(9, "resume", "stream transaction lease"),
    STATUS(10, "status", "stream transaction"),
    JOIN(11, "join", "group reader streams takeover permits"),
    ACKNOWLEDGE(12, "acknowledge", "position");

    /** Codes of answers: that of what was asked, and this bit. */
    private static final int ANSWER = 0x80;

    private static final Map<String, SocketOp> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(SocketOp::text, Function.identity()));

    private static final Map<SocketOp, Set<String>> FIELDS = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(
                    Function.identity(),
                    op -> Set.of(("op id " + op.fields).trim().split(" "))));

    private static final Map<String, Integer> ANSWERS = Map.ofEntries(
            Map.entry("published", ANSWER | PUBLISH.code),
            Map.entry("subscribed", ANSWER | SUBSCRIBE.code),
            Map.entry("ended", ANSWER | UNSUBSCRIBE.code),
            Map.entry("producer", ANSWER | PRODUCER.code),
            Map.entry("begun", ANSWER | BEGIN.code),
            Map.entry("committed", ANSWER | COMMIT.code),
            Map.entry("aborted", ANSWER | ABORT.code),
            Map.entry("resumed", ANSWER | RESUME.code),
            Map.entry("status", ANSWER | STATUS.code),
            Map.entry("joined", ANSWER | JOIN.code),
            Map.entry("event", 0xfe),
            Map.entry("error", 0xff));

    private final int code;
    private final String text;
    private final String fields;

    SocketOp(int code, String text, String fields) {
        this.code = code;
        this.text = text;
        this.fields = fields;
    }

    static @Nullable SocketOp named(String text) {
        return BY_NAME.get(text);
    }

    static @Nullable SocketOp coded(int code) {
        return code >= 1 && code <= values().length ? values()[code - 1] : null;
    }

    /** All names, as a text for people. */
    static String names() {
        return Arrays.stream(values()).map(SocketOp::text).collect(Collectors.joining(", "));
    }

    /** Names of all answers, with their codes. */
    static Map<String, Integer> answers() {
        return ANSWERS;
    }

    int code() {
        return code;
    }

    String text() {
        return text;
    }

    /** What a message of the JSON protocol may have. */
    Set<String> fields() {
        return FIELDS.getOrDefault(this, Set.of());
    }
}
