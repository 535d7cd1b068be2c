/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Rig.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records go on where the memory of a slab ends. */
class SlabEndTest {
    private static final int CREATES = 4_000;
    private final Rig rig = new Rig();

    @AfterEach
    void end() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void namesOfAnyLengthAreLogged(int together) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < CREATES; i++) {
            Answer answer = new Answer();
            rig.partition.submit(new SegmentCommand.Create(name(i), 0, 0, 0), answer);
            answers.add(answer);
            if (i % together == 0) {
                rig.run();
            }
        }
        rig.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.reply).isEqualTo(SegmentReply.Ok.INSTANCE));
        rig.crash();
        assertThat(rig.machine.segmentCount()).isEqualTo(CREATES);
        assertThat(rig.info(name(CREATES - 1)).length()).isZero();
    }

    private static String name(int i) {
        return "scope/stream-of-a-long-name-" + "x".repeat(3_000 + i % 250) + i;
    }
}
