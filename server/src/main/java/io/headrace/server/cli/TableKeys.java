/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a table as text. All keys of a table have the same number of bytes; a shorter text is filled up with zero bytes, which
 * are left out again when it is shown.
 */
final class TableKeys {
    private final TableConfiguration settings;

    TableKeys(TableConfiguration settings) {
        this.settings = settings;
    }

    /** @throws CommandException if it does not fit into the table's keys */
    TableKey of(String primary, @Nullable String secondary) {
        if (secondary == null && settings.secondaryKeyBytes() > 0) {
            throw CommandException.badUsage("keys of this table have two parts: say the other with --secondary");
        }
        return TableKey.of(
                fill(primary, settings.primaryKeyBytes()),
                secondary == null ? new byte[0] : fill(secondary, settings.secondaryKeyBytes()));
    }

    private static byte[] fill(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > length) {
            throw CommandException.badUsage(
                    "\"" + text + "\" has " + bytes.length + " bytes; here " + length + " are the most");
        }
        return Arrays.copyOf(bytes, length);
    }

    /** Adds a key to what is shown. */
    Row put(Row row, TableKey key) {
        row.with("key", text(key.primary()));
        return settings.secondaryKeyBytes() == 0 ? row : row.with("secondary", text(key.secondary()));
    }

    private static String text(ByteBuffer bytes) {
        int end = bytes.limit();
        while (end > bytes.position() && bytes.get(end - 1) == 0) {
            end--;
        }
        return StandardCharsets.UTF_8.decode(bytes.limit(end)).toString();
    }
}
