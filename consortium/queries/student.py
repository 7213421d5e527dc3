"""Students as the graduate office keeps them."""

from django.db.models import Q

from consortium.models import StudentProfile
from consortium.reach import reach
from consortium.roles import Permission


def students_visible_to(user):
    """All students for those who keep them; nobody's for others (students see themselves on their own pages)."""
    rows = StudentProfile.objects.select_related("user", "university")
    return rows if reach(user, Permission.RECORD_STUDENT).all else rows.none()


def searched(students, words):
    """Narrow to a part of a name, a student number or a programme."""
    for word in words.split()[:5]:
        students = students.filter(
            Q(user__name__icontains=word) | Q(number__icontains=word) | Q(programme__icontains=word)
        )
    return students
