/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A member of a reader group over a WebSocket of the JDK: has dealt with an event when it says so. */
final class SocketMember implements WebSocket.Listener, AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":\"([^\"]*)\"");

    /** An event, and where the member has come with it. */
    record Read(String value, String position) {}

    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Read> events = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final WebSocket socket;

    private SocketMember(URI http) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("headrace.json.v1")
                .buildAsync(URI.create("ws://" + http.getAuthority() + "/v1/socket"), this)
                .join();
    }

    /** Becomes a member, who may be sent more than there is. */
    static SocketMember join(Client client, String group, String reader) {
        SocketMember member = client.own(new SocketMember(client.http()));
        member.send("{\"op\":\"join\",\"id\":\"g\",\"group\":\"%s/%s\",\"reader\":\"%s\",\"permits\":100000}"
                .formatted(client.scope(), group, reader));
        member.expect("joined");
        return member;
    }

    /** The next event if one has come. */
    @Nullable
    Read poll() {
        String wrong = answers.poll();
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
        return events.poll();
    }

    void acknowledge(Read event) {
        send("{\"op\":\"acknowledge\",\"id\":\"g\",\"position\":\"" + event.position() + "\"}");
    }

    /** Returns when the server has read all that was sent. */
    void flush(String stream) {
        send("{\"op\":\"producer\",\"id\":\"o\",\"stream\":\"" + stream + "\",\"producer\":\"none\"}");
        expect("producer");
    }

    private void send(String message) {
        socket.sendText(message, true).join();
    }

    private void expect(String op) {
        try {
            String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (answer == null || !op.equals(field(answer, "op"))) {
                throw new AssertionError("not " + op + " but " + answer);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String field(String message, String name) {
        Matcher matcher = FIELD.matcher(message);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return matcher.group(2);
            }
        }
        throw new AssertionError("no " + name + " in " + message);
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean isLast) {
        part.append(text);
        if (isLast) {
            String message = part.toString();
            part.setLength(0);
            if (field(message, "op").equals("event")) {
                events.add(new Read(field(message, "text"), field(message, "position")));
            } else {
                answers.add(message);
            }
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket closed, int status, String reason) {
        answers.add("closed: " + status + ' ' + reason);
        return null;
    }

    /** Loses the connection, without a word to the server. */
    @Override
    public void close() {
        socket.abort();
    }
}
