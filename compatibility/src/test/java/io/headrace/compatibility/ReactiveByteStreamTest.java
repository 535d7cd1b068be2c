/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.byteStream.ByteStreamReader;
import io.pravega.client.byteStream.ByteStreamWriter;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bytes are where they were written, whichever client did it. */
@DisplayName("Byte streams of the reactive client beside the published one")
class ReactiveByteStreamTest {

    @Test
    void eachReadsWhatTheOtherHasWritten(Client client) throws IOException {
        client.stream("a", 1);
        int large = 3 << 20;
        PeerProcess.run(client, "bytes-write", "a", 0, 1000);
        ByteStreamWriter writer = client.own(client.bytes().createByteStreamWriter("a"));
        writer.write(bytes(1000, 3000));
        writer.flush();
        PeerProcess.run(client, "bytes-write", "a", 3000, large);
        assertThat(writer.fetchTailOffset()).isEqualTo(large);
        ByteStreamReader reader = client.own(client.bytes().createByteStreamReader("a"));
        assertThat(read(reader, large)).isEqualTo(bytes(0, large));
        writer.truncateDataBefore(500);
        assertThat(PeerProcess.run(client, "bytes-read", "a", 500).get(0))
                .containsExactly("500", "" + large, "0", "" + large);
    }

    /** Not {@code readNBytes}, which asks for no bytes at the end: for those this reader waits. */
    private static byte[] read(ByteStreamReader reader, int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int read = 0; read < length; ) {
            read += reader.read(bytes, read, length - read);
        }
        return bytes;
    }

    /** Bytes each of which is its own offset. */
    private static byte[] bytes(int from, int to) {
        byte[] bytes = new byte[to - from];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }
}
