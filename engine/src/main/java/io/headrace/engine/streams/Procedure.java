/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Work.Subject;
import java.util.List;

/** How one kind of work is done, step by step. */
interface Procedure {

    /** What is to be called in the present step; with nothing to call the step is completed at once. */
    List<Call> calls(Subject subject, Context context);

    /** All calls of the step have had their effect: log what follows, and begin the next step or end the work. */
    void completed(Subject subject, Answers answers, Context context);
}
