/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of a given size in memory. Mounting takes root; without, the test is skipped. */
final class SmallDisk implements AutoCloseable {
    private static final int MIB = 1 << 20;

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    static SmallDisk mount(Path path, int mebibytes) throws IOException {
        Files.createDirectories(path);
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", path.toString()),
                "this user may not mount");
        return new SmallDisk(path);
    }

    Path path() {
        return path;
    }

    void resize(int mebibytes) throws IOException {
        if (!run("mount", "-o", "remount,size=" + mebibytes + "m", path.toString())) {
            throw new IOException("cannot resize " + path);
        }
    }

    void makeReadOnly() throws IOException {
        if (!run("mount", "-o", "remount,ro", path.toString())) {
            throw new IOException("cannot make " + path + " read-only");
        }
    }

    /** Fills the disk with one file. */
    void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[MIB]);
            }
        } catch (IOException full) {
            // as it should be
        }
        try (OutputStream out = Files.newOutputStream(file.resolveSibling(file.getFileName() + ".rest"))) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            // as it should be
        }
    }

    long usedBytes() throws IOException {
        return Files.getFileStore(path).getTotalSpace()
                - Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", path.toString());
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return process.onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue() == 0;
    }
}
