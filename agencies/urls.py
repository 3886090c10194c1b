"""Addresses of the directory, of seats and of people."""

from django.urls import path

from agencies.agreements import views as agreements
from agencies.contacts.views import changes, finding, meeting, telephones
from agencies.forming import views as forming
from agencies.interests import views as interests
from agencies.lists.views import changing, reading
from agencies.readiness import views as readiness
from agencies.reviews import views as reviews
from agencies.sheets import views as sheets
from agencies.views import (
    accounts,
    directory,
    groups,
    invitations,
    joining,
    keeping_on,
    leaving,
    people,
    roles,
)

app_name = "agencies"

urlpatterns = [
    path("about/rules/", reading.RulesPage.as_view(), name="rules"),
    path("about/rules/<slug:code>/", reading.ListPage.as_view(), name="list"),
    path("about/rules/<slug:code>/new/", changing.AddRow.as_view(), name="add_list_row"),
    path("about/rules/rows/<uuid:id>/", reading.RowPage.as_view(), name="list_row"),
    path("about/rules/rows/<uuid:id>/change/", changing.ChangeRow.as_view(), name="change_list_row"),
    path("about/rules/rows/<uuid:id>/end/", changing.EndRow.as_view(), name="end_list_row"),
    path("about/rules/changes/<uuid:id>/undo/", changing.UndoChange.as_view(), name="undo_list_change"),
    path("directory/", directory.DirectoryPage.as_view(), name="directory"),
    path("directory/<uuid:id>/", directory.AgencyPage.as_view(), name="agency"),
    path("directory/<uuid:id>/posts/new/", changes.Appoint.as_view(), name="appoint"),
    path("directory/<uuid:id>/numbers/", changes.CorrectNumbers.as_view(), name="correct_numbers"),
    path("directory/<uuid:id>/interests/", interests.BodyInterestsPage.as_view(), name="body_interests"),
    path("directory/<uuid:id>/review/", reviews.ReviewPage.as_view(), name="review"),
    path("directory/<uuid:id>/review/begin/", reviews.BeginReview.as_view(), name="begin_review"),
    path("directory/<uuid:id>/review/answer/", reviews.AnswerReview.as_view(), name="answer_review"),
    path("people/reviews/", reviews.ReviewsPage.as_view(), name="reviews"),
    path("directory/<uuid:id>/readiness/", readiness.BodyPage.as_view(), name="readiness"),
    path("readiness/draft/", readiness.WriteDraft.as_view(), name="readiness_draft"),
    path("readiness/sign/", readiness.SignDeclaration.as_view(), name="readiness_sign"),
    path("readiness/<uuid:id>/", readiness.DeclarationPage.as_view(), name="declaration"),
    path("groups/<uuid:id>/readiness/", readiness.GroupPage.as_view(), name="group_readiness"),
    path("contacts/", finding.ContactsPage.as_view(), name="contacts"),
    path("contacts/<uuid:id>/", finding.PostPage.as_view(), name="post"),
    path("contacts/<uuid:id>/correct/", changes.CorrectPost.as_view(), name="correct_post"),
    path("contacts/<uuid:id>/stand-in/", changes.StandIn.as_view(), name="stand_in"),
    path("contacts/<uuid:id>/end/", changes.EndPost.as_view(), name="end_post"),
    path("contacts/meetings/<uuid:id>/", meeting.MeetingPage.as_view(), name="director_meeting"),
    path("contacts/meetings/<uuid:id>/met/", meeting.MetPage.as_view(), name="director_met"),
    path("interests/", interests.InterestsPage.as_view(), name="interests"),
    path("interests/confirm/", interests.ConfirmInterests.as_view(), name="confirm_interests"),
    path("groups/<uuid:id>/interests/", interests.GroupInterestsPage.as_view(), name="group_interests"),
    path("telephones/", telephones.TelephonesPage.as_view(), name="telephones"),
    path("groups/", directory.GroupsPage.as_view(), name="groups"),
    path("groups/new/", forming.FormGroup.as_view(), name="form_group"),
    path("groups/<uuid:id>/name/", forming.RenameGroup.as_view(), name="rename_group"),
    path("groups/<uuid:id>/undo/", forming.UndoGroup.as_view(), name="undo_group"),
    path("groups/<uuid:id>/seats/new/", groups.AddSeat.as_view(), name="add_seat"),
    path("groups/<uuid:id>/members/new/", groups.AddMember.as_view(), name="add_member"),
    path("groups/agreements/", agreements.AgreementsPage.as_view(), name="agreements"),
    path("groups/<uuid:id>/agreements/new/", agreements.KeepDocument.as_view(), name="keep_document"),
    path("groups/agreements/<uuid:id>/end/", agreements.EndDocument.as_view(), name="end_document"),
    path("groups/agreements/<uuid:id>/sign/", agreements.SignAgreement.as_view(), name="sign_agreement"),
    path(
        "groups/signatures/<uuid:id>/end/", agreements.WithdrawSignature.as_view(), name="withdraw_signature"
    ),
    path("groups/members/<uuid:id>/end/", groups.EndMember.as_view(), name="end_member"),
    path("groups/seats/<uuid:id>/end/", groups.EndSeat.as_view(), name="end_seat"),
    path("groups/seats/<uuid:id>/receives/", groups.ChangeCleared.as_view(), name="change_cleared"),
    path("people/", people.PeoplePage.as_view(), name="people"),
    path("people/sheet/", sheets.ChangeBySheet.as_view(), name="sheet"),
    path("people/sheet/fetch/", sheets.FetchSheet.as_view(), name="fetch_sheet"),
    path("people/leavers/", leaving.Leavers.as_view(), name="leavers"),
    path("people/roles/<uuid:id>/keep/", keeping_on.KeepRole.as_view(), name="keep_role"),
    path("people/portal-roles/<uuid:id>/keep/", keeping_on.KeepPortalRole.as_view(), name="keep_portal_role"),
    path("groups/seats/<uuid:id>/keep/", keeping_on.KeepSeat.as_view(), name="keep_seat"),
    path("groups/members/<uuid:id>/keep/", keeping_on.KeepMember.as_view(), name="keep_member"),
    path("people/new/", invitations.Invite.as_view(), name="invite"),
    path("people/invitations/", invitations.InvitationsPage.as_view(), name="invitations"),
    path("people/invitations/<uuid:id>/again/", invitations.InviteAgain.as_view(), name="invite_again"),
    path(
        "people/invitations/<uuid:id>/withdraw/",
        invitations.WithdrawInvitation.as_view(),
        name="withdraw_invitation",
    ),
    path("invitation/", joining.InvitedPage.as_view(), name="invited"),
    path("invitation/join/", joining.JoinPage.as_view(), name="join"),
    path("invitation/join/<uuid:id>/", joining.JoinFromHomePage.as_view(), name="join_from_home"),
    path("invitation/<slug:key>/", joining.InvitationLink.as_view(), name="invitation"),
    path("people/<uuid:id>/", people.PersonPage.as_view(), name="person"),
    path("people/<uuid:id>/roles/new/", roles.AddRole.as_view(), name="add_role"),
    path("people/<uuid:id>/portal-roles/new/", roles.AddPortalRole.as_view(), name="add_portal_role"),
    path("people/<uuid:id>/close/", accounts.ShutOut.as_view(), name="shut_out"),
    path("people/<uuid:id>/open/", accounts.LetIn.as_view(), name="let_in"),
    path("people/<uuid:id>/second-factor/", accounts.ForgetFactor.as_view(), name="forget_factor"),
    path("people/roles/<uuid:id>/end/", roles.EndRole.as_view(), name="end_role"),
    path("people/portal-roles/<uuid:id>/end/", roles.EndPortalRole.as_view(), name="end_portal_role"),
    path("people/conflicts/<uuid:id>/end/", roles.EndConflict.as_view(), name="end_conflict"),
]
