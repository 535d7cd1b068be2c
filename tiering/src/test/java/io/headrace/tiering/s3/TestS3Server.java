/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.options.CreateContainerOptions;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A server of S3 in this JVM, on 127.0.0.1, that keeps objects in a directory and checks signatures. */
public final class TestS3Server {
    static final String BUCKET = "chunks";
    private static final String ACCESS_KEY = "test-access-key";
    private static final String SECRET_KEY = "test-secret-key";

    private final S3Proxy server;
    private final Path directory;

    private TestS3Server(S3Proxy server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    public static TestS3Server start(Path directory) throws Exception {
        return start(directory, store -> store);
    }

    /** @param wrapping puts something between the server and its directory */
    static TestS3Server start(Path directory, UnaryOperator<BlobStore> wrapping) throws Exception {
        Files.createDirectories(directory);
        FilesystemNio2BlobStore store = new FilesystemNio2BlobStore(directory.toString());
        store.createContainer(BUCKET, CreateContainerOptions.NONE);
        S3Proxy server = S3Proxy.builder()
                .blobStore(wrapping.apply(store))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .build();
        server.start();
        return new TestS3Server(server, directory);
    }

    public URI address(String prefix) {
        return address("http://127.0.0.1:" + server.getPort(), BUCKET, prefix);
    }

    static URI address(String endpoint, String bucket, String prefix) {
        return URI.create(
                "s3://" + bucket + "/" + prefix + "?endpoint=" + URLEncoder.encode(endpoint, StandardCharsets.UTF_8));
    }

    /** Where the server keeps an object. */
    Path object(String key) {
        return directory.resolve(BUCKET).resolve(key);
    }

    /** What the client of AWS finds its credentials in. */
    public static Map<String, String> properties() {
        return Map.of("aws.accessKeyId", ACCESS_KEY, "aws.secretAccessKey", SECRET_KEY);
    }

    public void stop() throws Exception {
        server.stop();
    }
}
