/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Failures.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.byteStream.ByteStreamReader;
import io.pravega.client.byteStream.ByteStreamWriter;
import io.pravega.client.segment.impl.SegmentTruncatedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Byte streams")
class ByteStreamTest {
    @Case("BYT-01")
    void aReaderWaits(Client client) throws Exception {
        client.stream("a", 1);
        ByteStreamReader reader = reader(client);
        Future<byte[]> read = client.inBackground(() -> read(reader, 10));
        assertThatThrownBy(() -> read.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        write(client, bytes(10));
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(bytes(10));
    }

    @Case("BYT-02")
    void theEndOfASealedStream(Client client) throws IOException {
        client.stream("a", 1);
        ByteStreamWriter writer = writer(client);
        writer.write(bytes(10));
        writer.closeAndSeal();
        ByteStreamReader reader = reader(client);
        assertThat(read(reader, 100)).isEqualTo(bytes(10));
        assertThat(reader.read()).isEqualTo(-1);
        assertThat(reader.read(new byte[10])).isEqualTo(-1);
    }

    @Case({"BYT-03", "BYT-11"})
    void truncationMovesTheHead(Client client) throws IOException {
        client.stream("a", 1);
        ByteStreamWriter writer = writer(client);
        writer.write(bytes(100));
        writer.flush();
        assertThat(writer.fetchHeadOffset()).isZero();
        assertThat(writer.fetchTailOffset()).isEqualTo(100);
        writer.truncateDataBefore(50);
        ByteStreamReader reader = reader(client);
        assertThat(reader.fetchHeadOffset()).isEqualTo(50);
        assertThat(reader.fetchTailOffset()).isEqualTo(100);
        reader.seekToOffset(reader.fetchHeadOffset());
        assertThat(read(reader, 50)).isEqualTo(Arrays.copyOfRange(bytes(100), 50, 100));
    }

    @Case("BYT-04")
    void readingBeforeTheHead(Client client) throws IOException {
        client.stream("a", 1);
        ByteStreamWriter writer = writer(client);
        writer.write(bytes(10));
        writer.flush();
        writer.truncateDataBefore(5);
        ByteStreamReader reader = reader(client);
        reader.seekToOffset(0);
        assertThatThrownBy(() -> reader.read(new byte[10])).isInstanceOf(SegmentTruncatedException.class);
        reader.seekToOffset(5);
        assertThat(read(reader, 5)).isEqualTo(Arrays.copyOfRange(bytes(10), 5, 10));
    }

    @Case("BYT-05")
    void oneWriteOfManyBlocks(Client client) throws IOException {
        client.stream("a", 1);
        byte[] data = new byte[2 * 8 * 1024 * 1024 + 17];
        new Random(1).nextBytes(data);
        write(client, data);
        assertThat(read(reader(client), data.length)).isEqualTo(data);
    }

    @Case("BYT-06")
    void aReadReturnsWhatIsThere(Client client) throws Exception {
        client.stream("a", 1);
        ByteStreamWriter writer = writer(client);
        for (int i = 0; i < 10; i++) {
            writer.write(bytes(10));
        }
        writer.flush();
        ByteStreamReader reader = reader(client);
        byte[] buffer = new byte[1024];
        int read = 0;
        while (read < 100) {
            int count = reader.read(buffer);
            assertThat(count).isPositive();
            read += count;
        }
        assertThat(read).isEqualTo(100);
        Future<Integer> next = client.inBackground(() -> reader.read(buffer));
        assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        writer.write(bytes(3));
        writer.flush();
        assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Case("BYT-07")
    void aSecondLife(Client client) throws IOException {
        for (int life = 1; life <= 2; life++) {
            client.stream("a", 1);
            write(client, bytes(10 * life));
            ByteStreamReader reader = reader(client);
            assertThat(reader.fetchTailOffset()).isEqualTo(10L * life);
            assertThat(read(reader, 10 * life)).isEqualTo(bytes(10 * life));
            assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
            assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        }
    }

    @Case("BYT-08")
    void oneSegmentOnly(Client client) {
        client.stream("a", 2);
        assertThatThrownBy(() -> writer(client)).isInstanceOf(IllegalStateException.class);
    }

    @Case("BYT-09")
    void absentStreams(Client client) {
        client.createScope();
        assertStatus(Status.Code.NOT_FOUND, () -> writer(client));
        assertStatus(Status.Code.NOT_FOUND, () -> reader(client));
    }

    @Case("BYT-10")
    void noWriterOnASealedStream(Client client) {
        client.stream("a", 1);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThatThrownBy(() -> writer(client)).isInstanceOf(IllegalStateException.class);
    }

    private static ByteStreamWriter writer(Client client) {
        return client.own(client.bytes().createByteStreamWriter("a"));
    }

    private static ByteStreamReader reader(Client client) {
        return client.own(client.bytes().createByteStreamReader("a"));
    }

    private static void write(Client client, byte[] data) throws IOException {
        ByteStreamWriter writer = writer(client);
        writer.write(data);
        writer.flush();
    }

    /** {@link ByteStreamReader#readNBytes(int)} would end with a read of no bytes, which the client waits in. */
    private static byte[] read(ByteStreamReader reader, int count) throws IOException {
        byte[] bytes = new byte[count];
        int read = reader.readNBytes(bytes, 0, count);
        return Arrays.copyOf(bytes, read);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
