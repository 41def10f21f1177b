package dev.vpccni.testing.mutants;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out each test whether 1 is 0.
 *
 * <p>javac writes one for every component of a record pattern that always fits, and for every
 * pattern of a {@code case} with several. PIT would make that test always true, which it is, and no
 * test of ours could tell.
 */
final class ConstantTests implements CodeTransform {

    private @Nullable CodeElement one;

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
        CodeElement before = one;
        one = null;
        if (before != null && is(element, Opcode.IFEQ)) {
            return;
        }
        if (before != null) {
            builder.with(before);
        }
        if (is(element, Opcode.ICONST_1)) {
            one = element;
        } else {
            builder.with(element);
        }
    }

    @Override
    public void atEnd(CodeBuilder builder) {
        if (one != null) {
            builder.with(one);
        }
    }

    private static boolean is(CodeElement element, Opcode opcode) {
        return switch (element) {
            case ConstantInstruction constant -> constant.opcode() == opcode;
            case BranchInstruction branch -> branch.opcode() == opcode;
            default -> false;
        };
    }
}
