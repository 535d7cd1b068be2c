/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.headrace.tiering.Bytes;
import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorageContract;
import io.headrace.tiering.ChunkStorages;
import io.headrace.tiering.Chunks;
import io.headrace.tiering.SilentServer;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.Blob;
import org.gaul.s3proxy.blobstore.domain.MultipartPart;
import org.gaul.s3proxy.blobstore.options.PutOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

final class S3ChunkStorageTest extends ChunkStorageContract {
    private static final int PART = Upload.MINIMUM_PART_BYTES;

    @TempDir
    static Path temporary;

    private static TestS3Server server;

    private final List<AutoCloseable> servers = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = TestS3Server.start(temporary.resolve("s3"));
        TestS3Server.properties().forEach(System::setProperty);
    }

    @AfterAll
    static void stop() throws Exception {
        TestS3Server.properties().keySet().forEach(System::clearProperty);
        server.stop();
    }

    @AfterEach
    void closeServers() throws Exception {
        for (AutoCloseable each : servers) {
            each.close();
        }
    }

    @Override
    protected URI address() {
        return server.address("some/prefix");
    }

    @Override
    protected Map<String, String> properties() {
        return TestS3Server.properties();
    }

    @Override
    protected ChunkStorage small() throws IOException {
        return ChunkStorages.open(answering(507, "XMinioStorageFull"), Chunks.PATIENT);
    }

    @Override
    protected ChunkStorage silent(StorageOptions options) throws IOException {
        SilentServer silent = new SilentServer();
        servers.add(silent);
        return ChunkStorages.open(TestS3Server.address("http://" + silent.address(), "b", "p"), options);
    }

    /** Address of a server that answers each request so. */
    private URI answering(int status, String code) throws IOException {
        byte[] body =
                ("<Error><Code>" + code + "</Code><Message>as told</Message></Error>").getBytes(StandardCharsets.UTF_8);
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        http.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                boolean head = exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(status, head ? -1 : body.length);
                if (!head) {
                    exchange.getResponseBody().write(body);
                }
            }
        });
        http.start();
        servers.add(() -> http.stop(0));
        return TestS3Server.address("http://127.0.0.1:" + http.getAddress().getPort(), "b", "p");
    }

    private static S3Location location(String prefix) {
        URI address = server.address(prefix);
        String endpoint =
                URLDecoder.decode(address.getRawQuery().substring("endpoint=".length()), StandardCharsets.UTF_8);
        return new S3Location(TestS3Server.BUCKET, prefix, URI.create(endpoint), "us-east-1", true);
    }

    @Test
    void aLargeChunkIsPutInParts() {
        Chunks chunks = chunks();
        byte[] bytes = Bytes.of(2, (33 << 20) + 1);
        chunks.put(name("large"), bytes);
        assertThat(chunks.length(name("large"))).isEqualTo(bytes.length);
        assertThat(chunks.read(name("large"), 0, bytes.length)).isEqualTo(bytes);
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.put(name("large"), bytes));
    }

    @Test
    void offsetsGoBeyondTwoGibibytes() throws IOException {
        Path object = server.object("some/prefix/" + name("sparse"));
        Files.createDirectories(object.getParent());
        long boundary = 1L << 31;
        try (FileChannel sparse = FileChannel.open(
                object, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            for (long offset : new long[] {boundary - 1, boundary + 1}) {
                sparse.write(ByteBuffer.wrap(Bytes.of(1, offset, 10)), offset);
            }
        }
        Chunks chunks = chunks();
        assertThat(chunks.length(name("sparse"))).isEqualTo(boundary + 11);
        assertThat(chunks.read(name("sparse"), boundary - 1, 2)).isEqualTo(Bytes.of(1, boundary - 1, 2));
        assertThat(chunks.read(name("sparse"), boundary + 1, 10)).isEqualTo(Bytes.of(1, boundary + 1, 10));
        assertFails(Kind.INVALID_OFFSET, () -> chunks.read(name("sparse"), boundary + 11, 1));
        Files.delete(object);
    }

    @Test
    void afterASmallWriteAChunkCanOnlyBeSealed() {
        Chunks chunks = chunks();
        Chunks.Writer writer = chunks.create(name("a"));
        writer.write(0, Bytes.of(1, PART));
        writer.write(PART, Bytes.of(1, PART, 10));
        assertFails(Kind.BAD_REQUEST, () -> writer.write(PART + 10, Bytes.of(1, PART)));
        assertThat(writer.seal()).isEqualTo(PART + 10);
        assertThat(chunks.read(name("a"), PART - 10, 20)).isEqualTo(Bytes.of(1, PART - 10, 20));
    }

    @Test
    void whatAWriterHasLeftUnfinishedIsGivenBack() throws Exception {
        Chunks chunks = chunks();
        try (Connection connection = Connection.to(location("some/prefix"), StorageOptions.DEFAULTS)) {
            Requests requests = new Requests(connection.client(), location("some/prefix"));
            String key = "some/prefix/" + name("dead");
            new Upload(requests, key).add(Unpooled.wrappedBuffer(Bytes.of(1, PART)));
            new Upload(requests, key + "-other").add(Unpooled.wrappedBuffer(Bytes.of(1, 10)));
            assertThat(uploads(requests)).containsExactlyInAnyOrder(key, key + "-other");
            chunks.delete(name("dead"));
            assertThat(uploads(requests)).containsExactly(key + "-other");
            chunks.delete(name("dead-other"));

            Chunks.Writer closed = chunks.create(name("closed"));
            closed.write(0, Bytes.of(1, PART));
            closed.close();
            chunks.storage().close();
            assertThat(uploads(requests)).isEmpty();
        }
    }

    private List<String> uploads(Requests requests) throws IOException {
        return requests
                .await(requests.client().listMultipartUploads(request -> request.bucket(TestS3Server.BUCKET)
                        .prefix("some/prefix/" + directory)))
                .uploads()
                .stream()
                .map(MultipartUpload::key)
                .toList();
    }

    /** The client of AWS repeats a request whose answer is lost, and is then told that the object exists. */
    @Test
    void aRepeatedRequestFindsWhatItHasMadeItself() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        TestS3Server forgetful =
                TestS3Server.start(temporary.resolve("forgetful"), store -> new ForwardingBlobStore(store) {
                    @Override
                    public String putBlob(String container, Blob blob, PutOptions options) {
                        return lose(super.putBlob(container, blob, options));
                    }

                    @Override
                    public String completeMultipartUpload(
                            org.gaul.s3proxy.blobstore.domain.MultipartUpload upload, List<MultipartPart> parts) {
                        return lose(super.completeMultipartUpload(upload, parts));
                    }

                    private String lose(String answer) {
                        if (lost.incrementAndGet() % 2 == 1) {
                            throw new UncheckedIOException(new IOException("the answer is lost"));
                        }
                        return answer;
                    }
                });
        servers.add(forgetful::stop);
        Chunks chunks = chunks(ChunkStorages.open(forgetful.address("p"), Chunks.PATIENT));
        chunks.put(name("put"), Bytes.of(1, 100));
        assertThat(chunks.read(name("put"), 0, 100)).isEqualTo(Bytes.of(1, 100));
        Chunks.Writer writer = chunks.create(name("written"));
        writer.write(0, Bytes.of(1, 10));
        writer.seal();
        assertThat(chunks.read(name("written"), 0, 10)).isEqualTo(Bytes.of(1, 10));
        assertThat(lost.get()).isGreaterThanOrEqualTo(4);
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.put(name("put"), Bytes.of(2, 100)));
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.put(name("written"), Bytes.of(2, 100)));
    }

    @Test
    void aServerThatReplacesObjectsIsRefused() throws IOException {
        Chunks chunks = chunks(ChunkStorages.open(answering(200, "ignored"), Chunks.PATIENT));
        assertFails(Kind.BAD_REQUEST, () -> chunks.put(name("a"), Bytes.of(1, 1)));
        assertFails(Kind.BAD_REQUEST, () -> chunks.create(name("a")));
    }

    @Test
    void inAMissingBucketNothingIsAbsent() {
        URI address = URI.create(address().toString().replace("s3://chunks/", "s3://no-such-bucket/"));
        Chunks chunks = chunks(ChunkStorages.open(address, Chunks.PATIENT));
        assertFails(Kind.UNAVAILABLE, () -> chunks.exists(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.length(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.read(name("a"), 0, 1));
        assertFails(Kind.UNAVAILABLE, () -> chunks.delete(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.list("", 10));
        assertFails(Kind.UNAVAILABLE, () -> chunks.put(name("a"), Bytes.of(1, 1)));
        assertFails(Kind.UNAVAILABLE, () -> chunks.create(name("a")));
    }

    @Test
    void refusalsAreNotTakenForAbsence() throws IOException {
        for (int status : new int[] {400, 403, 500, 503}) {
            Chunks chunks = chunks(ChunkStorages.open(answering(status, "AccessDenied"), Chunks.PATIENT));
            assertFails(Kind.UNAVAILABLE, () -> chunks.exists(name("a")));
            assertFails(Kind.UNAVAILABLE, () -> chunks.read(name("a"), 0, 1));
            assertFails(Kind.UNAVAILABLE, () -> chunks.delete(name("a")));
        }
        Chunks moved = chunks(ChunkStorages.open(answering(301, "PermanentRedirect"), Chunks.PATIENT));
        assertFails(Kind.BAD_REQUEST, () -> moved.read(name("a"), 0, 1));
    }

    @Test
    void whatIsNotAChunkIsNotListed() throws IOException {
        Chunks chunks = chunks();
        chunks.put(name("a"), Bytes.of(1, 1));
        for (String foreign : List.of("with space", "%zz", ".hidden", "%41")) {
            Path object = server.object("some/prefix/" + directory + "/" + foreign);
            Files.createDirectories(object.getParent());
            Files.write(object, new byte[3]);
        }
        assertThat(chunks.list(directory + "/", 1)).containsExactly(new ChunkInfo(name("a"), 1));
    }
}
