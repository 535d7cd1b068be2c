/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChunkNameTest {

    /** How names are written is durable: chunks that lie in a storage must be found by all later versions. */
    @Test
    void segmentsAreWrittenSo() {
        assertThat(ChunkName.of("segments-3/e12/Az09-_.x").segments()).containsExactly("segments-3", "e12", "Az09-_.x");
        assertThat(ChunkName.of("..").path()).isEqualTo("%2E.");
        assertThat(ChunkName.of("./.a/a.").path()).isEqualTo("%2E/%2Ea/a.");
        assertThat(ChunkName.of("0.#epoch.0").path()).isEqualTo("0.%23epoch.0");
        assertThat(ChunkName.of("50%/a b\\~:").path()).isEqualTo("50%25/a%20b%5C%7E%3A");
        assertThat(ChunkName.of("\u00e9\ud83d\ude80\u0000").path()).isEqualTo("%C3%A9%F0%9F%9A%80%00");
        assertThat(ChunkName.of("a/b/c").directory()).containsExactly("a", "b");
        assertThat(ChunkName.of("a/b/c").last()).isEqualTo("c");
        assertThat(ChunkName.ofPrefix("a/#/")).containsExactly("a", "%23");
        assertThat(ChunkName.ofPrefix("")).isEmpty();
    }

    @Test
    void whatIsWrittenOtherwiseIsNoSegment() {
        for (String foreign :
                List.of("", ".", "..", ".a", "a b", "%", "%2", "%2e", "%41", "%GG", "%2E%2E", "%FF", "\u00e9")) {
            assertThat(ChunkName.unescape(foreign)).as(foreign).isEmpty();
        }
    }

    @Test
    void anySegmentComesBack() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            String segment = random.ints(1 + random.nextInt(15), 0, i % 2 == 0 ? 128 : 0x11000)
                    .filter(c -> c != '/' && (c < 0xD800 || c > 0xDFFF))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            if (!segment.isEmpty()) {
                String escaped = ChunkName.of(segment).path();
                assertThat(escaped).matches("[A-Za-z0-9_%-][A-Za-z0-9._%-]*");
                assertThat(ChunkName.unescape(escaped)).isEqualTo(segment);
            }
        }
    }

    @Test
    void lengthsAreThoseOfTheEscapedForm() {
        assertThat(Outcome.of(() -> ChunkName.of("#".repeat(66)))).isNull();
        assertThat(Outcome.of(() -> ChunkName.of("#".repeat(67)))).isEqualTo(StorageException.Kind.BAD_REQUEST);
        String hundred = "x".repeat(99) + "/";
        assertThat(Outcome.of(() -> ChunkName.of(hundred.repeat(7) + "x".repeat(100))))
                .isNull();
        assertThat(Outcome.of(() -> ChunkName.of(hundred.repeat(7) + "x".repeat(101))))
                .isEqualTo(StorageException.Kind.BAD_REQUEST);
    }
}
